"""API for the options that the signed-in user bought last."""

from drf_spectacular.utils import extend_schema
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from shop.last_options import list_last_options

SCHEMA = {"type": "object", "additionalProperties": {"type": "array", "items": {"type": "string"}}}


class LastOptions(APIView):
    """What the user bought last: for each option, by its name in lower case, its values, the newest first."""

    permission_classes = [IsAuthenticated]

    @extend_schema(responses={(200, "application/json"): SCHEMA})
    def get(self, request: Request) -> Response:
        return Response(list_last_options(request.user))
