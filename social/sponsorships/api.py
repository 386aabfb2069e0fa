"""JSON API for sponsors, and for the archive of sponsored posts."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import generics, status
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access import signed_in_user
from accounts.api_errors import Conflict
from accounts.idempotency import IDEMPOTENCY_KEY_HEADER, idempotent
from accounts.pagination import NewestFirst
from shop.payments import PaymentRefused
from shop.providers import ProviderUnavailable
from social.models import Sponsorship
from social.sponsorships.actions import change
from social.sponsorships.archive import list_archived
from social.sponsorships.bookings import SponsorshipRefused, book, find_booker
from social.sponsorships.lifecycle import pay
from social.sponsorships.serializers import (
    ArchivedPostSerializer,
    NewSponsorshipSerializer,
    SponsorPaymentSerializer,
    SponsorshipChangeSerializer,
    SponsorshipDetailSerializer,
    SponsorshipSerializer,
)
from social.sponsorships.views import find_sponsorship
from videos.models import Clip


class ArchivePages(NewestFirst):
    ordering = ("-decided_at", "-pk")


class SponsorView(APIView):
    permission_classes = [IsAuthenticated]
    throttle_scope = "write"
    error_statuses = (409,)

    def get_throttles(self) -> list[Any]:
        return [] if self.request.method == "GET" else super().get_throttles()


class Sponsorships(SponsorView, generics.ListAPIView[Sponsorship]):
    """The sponsorships that the caller manages, newest first. POST books one, which is then to be paid."""

    serializer_class = SponsorshipSerializer
    pagination_class = NewestFirst
    queryset = Sponsorship.objects.none()

    def get_queryset(self) -> QuerySet[Sponsorship]:
        return Sponsorship.objects.managed_by(signed_in_user(self.request)).select_related("clip", "merchant", "place")

    @extend_schema(
        request=NewSponsorshipSerializer, responses={201: SponsorshipSerializer}, parameters=[IDEMPOTENCY_KEY_HEADER]
    )
    @idempotent
    def post(self, request: Request) -> Response:
        serializer = NewSponsorshipSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        user = signed_in_user(request)
        clip = generics.get_object_or_404(Clip.objects.published(), code=serializer.validated_data["post"])
        try:
            booker = find_booker(user, clip, serializer.validated_data["merchant"])
            sponsorship = book(booker=booker, clip=clip, booking=serializer.booking, now=timezone.now())
        except SponsorshipRefused as refusal:
            raise Conflict(str(refusal)) from refusal
        return Response(SponsorshipSerializer(sponsorship).data, status=status.HTTP_201_CREATED)


class SponsorshipDetail(SponsorView):
    """A sponsorship with its statement. POST pauses, resumes or ends it."""

    @extend_schema(responses=SponsorshipDetailSerializer)
    def get(self, request: Request, code: str) -> Response:
        return Response(SponsorshipDetailSerializer(find_sponsorship(signed_in_user(request), code)).data)

    @extend_schema(
        operation_id="sponsorships_change",
        request=SponsorshipChangeSerializer,
        responses=SponsorshipDetailSerializer,
        parameters=[IDEMPOTENCY_KEY_HEADER],
    )
    @idempotent
    def post(self, request: Request, code: str) -> Response:
        user = signed_in_user(request)
        sponsorship = find_sponsorship(user, code)
        serializer = SponsorshipChangeSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        try:
            change(sponsorship, serializer.validated_data["change"], now=timezone.now())
        except SponsorshipRefused as refusal:
            raise Conflict(str(refusal)) from refusal
        return Response(SponsorshipDetailSerializer(find_sponsorship(user, code)).data)


class PaySponsorship(SponsorView):
    """Pays the budget of a draft. If `next_url` is not empty, the payer goes on there.

    A payment is begun once however often this is called: a repeated call continues it.
    """

    @extend_schema(request=None, responses=SponsorPaymentSerializer)
    def post(self, request: Request, code: str) -> Response:
        user = signed_in_user(request)
        sponsorship = find_sponsorship(user, code)
        try:
            outcome = pay(sponsorship_id=sponsorship.pk, user=user, now=timezone.now())
        except (SponsorshipRefused, PaymentRefused, ProviderUnavailable) as refusal:
            raise Conflict(str(refusal)) from refusal
        state = find_sponsorship(user, code).state
        return Response(SponsorPaymentSerializer({"state": state, "next_url": outcome.next_url}).data)


class SponsoredPosts(generics.ListAPIView[Sponsorship]):
    """The archive of sponsored posts, as the Digital Services Act asks for it: until a year after they were last shown."""

    permission_classes = [AllowAny]
    serializer_class = ArchivedPostSerializer
    pagination_class = ArchivePages
    queryset = Sponsorship.objects.none()

    def get_queryset(self) -> QuerySet[Sponsorship]:
        return list_archived(timezone.now()).order_by()
