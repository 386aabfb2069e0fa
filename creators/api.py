"""JSON API for campaigns and creators."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import PermissionDenied
from rest_framework.generics import GenericAPIView, ListAPIView
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api_errors import Conflict
from accounts.idempotency import IDEMPOTENCY_KEY_HEADER, idempotent
from accounts.pagination import NewestFirst
from creators.access import find_creator
from creators.enrolment import EnrolmentRefused, enrol
from creators.models import Campaign, Creator, Enrolment
from creators.serializers import CampaignSerializer, EnrolmentSerializer, EnrolRequestSerializer


class CampaignList(ListAPIView[Campaign]):
    """Campaigns that are open to the caller, newest first."""

    serializer_class = CampaignSerializer
    pagination_class = NewestFirst
    queryset = Campaign.objects.none()

    def get_queryset(self) -> Any:
        creator = find_creator(self.request.user)
        return Campaign.objects.visible_to(creator).open_at(timezone.now()).with_terms().with_counts()

    def get_serializer_context(self) -> dict[str, Any]:
        creator = find_creator(self.request.user) if self.request else None
        enrolments = Enrolment.objects.filter(creator=creator).select_related("terms").prefetch_related("waitlist")
        by_campaign = {enrolment.campaign_id: enrolment for enrolment in enrolments} if creator else {}
        context: dict[str, Any] = dict(super().get_serializer_context())
        return context | {"enrolments": by_campaign}


class CampaignEnrol(GenericAPIView[Campaign]):
    """Enrolment in a campaign. POST accepts the terms and enrols the caller. Repeating it changes nothing."""

    error_statuses = (409,)
    permission_classes = [IsAuthenticated]
    throttle_scope = "write"
    serializer_class = EnrolRequestSerializer

    @extend_schema(responses=EnrolmentSerializer, parameters=[IDEMPOTENCY_KEY_HEADER])
    @idempotent
    def post(self, request: Request, slug: str) -> Response:
        creator = require_creator(request)
        campaign = get_object_or_404(Campaign.objects.visible_to(creator).with_terms(), slug=slug)
        body = EnrolRequestSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        version = body.validated_data["terms_version"]
        try:
            enrolment = enrol(creator=creator, campaign=campaign, terms_version=version, now=timezone.now())
        except EnrolmentRefused as refusal:
            raise Conflict(str(refusal)) from refusal
        return Response(EnrolmentSerializer(enrolment).data)


def require_creator(request: Request) -> Creator:
    """Return the caller's creator profile. Raises PermissionDenied (403) for callers without one."""
    creator = find_creator(request.user)
    if creator is None:
        raise PermissionDenied(_("Only creators can do this. Become a creator first."))
    return creator
