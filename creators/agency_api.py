"""A creator's agency over JSON: its offers, the share in force, and notice."""

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
    """What agencies offer you and what you agreed on, newest first."""

    permission_classes = [IsAuthenticated]

    @extend_schema(responses=RepresentationSerializer(many=True))
    def get(self, request: Request) -> Response:
        mine = Representation.objects.filter(creator=require_creator(request)).select_related("agency")
        return Response(RepresentationSerializer(mine.order_by("-offered_at", "-pk"), many=True).data)


class AgencyChange(APIView):
    """Accept an offer, or end a share with the agency's days of notice; 409 when it does not stand any more."""

    permission_classes = [IsAuthenticated]
    throttle_scope = "write"

    @extend_schema(request=None, responses=RepresentationSerializer)
    def post(self, request: Request, pk: int, action: str) -> Response:
        mine = Representation.objects.filter(creator=require_creator(request)).select_related("agency")
        found = get_object_or_404(mine, pk=pk)
        if action == "accept":
            try:
                accept_representation(representation=found, now=timezone.now())
            except RepresentationRefused as refusal:
                raise Conflict(str(refusal)) from refusal
        elif not give_notice(representation=found, now=timezone.now()):
            raise Conflict(_("There is no share in force that could be ended."))
        found.refresh_from_db()
        return Response(RepresentationSerializer(found).data)
