"""JSON API for agencies' offers and shares. Creators list them, accept offers and give notice."""

from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api_errors import Conflict
from creators.api import require_creator
from creators.models import Representation
from creators.representation import RepresentationRefused, accept_representation, give_notice
from creators.serializers import RepresentationSerializer


class AgencyView(APIView):
    """The offers that agencies have made to the caller, open or accepted, newest first."""

    permission_classes = [IsAuthenticated]

    @extend_schema(responses=RepresentationSerializer(many=True))
    def get(self, request: Request) -> Response:
        representations = Representation.objects.filter(creator=require_creator(request)).select_related("agency")
        newest_first = representations.order_by("-offered_at", "-pk")
        return Response(RepresentationSerializer(newest_first, many=True).data)


class AgencyChange(APIView):
    """A change to an agency's offer or share. POST accepts the offer, or gives notice to end the share.

    The status is 409 if this is no longer possible.
    """

    error_statuses = (409,)
    permission_classes = [IsAuthenticated]
    throttle_scope = "write"

    @extend_schema(request=None, responses=RepresentationSerializer)
    def post(self, request: Request, pk: int, action: str) -> Response:
        representations = Representation.objects.filter(creator=require_creator(request)).select_related("agency")
        representation = get_object_or_404(representations, pk=pk)
        if action == "accept":
            try:
                accept_representation(representation=representation, now=timezone.now())
            except RepresentationRefused as refusal:
                raise Conflict(str(refusal)) from refusal
        elif not give_notice(representation=representation, now=timezone.now()):
            raise Conflict(_("There is no current share to end."))
        representation.refresh_from_db()
        return Response(RepresentationSerializer(representation).data)
