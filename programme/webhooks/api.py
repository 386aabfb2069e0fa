"""API of a merchant's webhook endpoints, for its owners. A secret is in the answer that makes it, and nowhere else."""

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import generics, status
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api_errors import Conflict
from accounts.idempotency import IDEMPOTENCY_KEY_HEADER, idempotent
from accounts.pagination import NewestFirst
from catalog.merchants.access import require_member
from catalog.models import MerchantMember, MerchantRole
from programme.webhooks.endpoints import (
    MOST_ENDPOINTS,
    TooManyEndpoints,
    create_endpoint,
    delete_endpoint,
    rotate_secret,
    set_state,
)
from programme.webhooks.fan_out import send_test_event
from programme.webhooks.models import EndpointState, WebhookDelivery, WebhookEndpoint
from programme.webhooks.serializers import (
    WebhookDeliverySerializer,
    WebhookEndpointSerializer,
    WebhookSecretSerializer,
    WebhookStateSerializer,
)


class OwnerView(generics.GenericAPIView[Any]):
    """Base of the endpoints: for owners of the merchant in the address. For others it is not found."""

    permission_classes = [IsAuthenticated]
    read_error_statuses = (403, 404)
    error_statuses: tuple[int, ...] = (403, 404)
    throttle_scope = "write"
    queryset = WebhookEndpoint.objects.none()
    serializer_class: Any = WebhookEndpointSerializer

    def member(self) -> MerchantMember:
        return require_member(self.request, self.kwargs["merchant"], MerchantRole.OWNER)

    def endpoint(self) -> WebhookEndpoint:
        return get_object_or_404(WebhookEndpoint, merchant=self.member().merchant, pk=self.kwargs["pk"])


class MerchantWebhooks(OwnerView):
    """The endpoints of a merchant, oldest first. POST adds one; `secret/` then makes its secret."""

    error_statuses = (403, 404, 409)

    @extend_schema(responses=WebhookEndpointSerializer(many=True))
    def get(self, request: Request, merchant: str) -> Response:
        return Response(
            WebhookEndpointSerializer(
                WebhookEndpoint.objects.filter(merchant=self.member().merchant).order_by("pk"), many=True
            ).data
        )

    @extend_schema(responses={201: WebhookEndpointSerializer}, parameters=[IDEMPOTENCY_KEY_HEADER])
    @idempotent
    def post(self, request: Request, merchant: str) -> Response:
        """Add an endpoint."""
        member = self.member()
        body = WebhookEndpointSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        values = {"description": "", **body.validated_data}
        try:
            endpoint = create_endpoint(merchant=member.merchant, by=member.user, **values)
        except TooManyEndpoints as refusal:
            raise Conflict(
                _("You can have %(count)d endpoints. Delete one first.") % {"count": MOST_ENDPOINTS}
            ) from refusal
        return Response(WebhookEndpointSerializer(endpoint).data, status=status.HTTP_201_CREATED)


class MerchantWebhook(OwnerView):
    """One endpoint of a merchant."""

    def get(self, request: Request, merchant: str, pk: int) -> Response:
        return Response(WebhookEndpointSerializer(self.endpoint()).data)

    def patch(self, request: Request, merchant: str, pk: int) -> Response:
        """Change what was sent."""
        body = WebhookEndpointSerializer(self.endpoint(), data=request.data, partial=True)
        body.is_valid(raise_exception=True)
        assert isinstance(body.instance, WebhookEndpoint)
        if body.validated_data:
            WebhookEndpoint.objects.filter(pk=pk).update(**body.validated_data)
            body.instance.refresh_from_db()
        return Response(WebhookEndpointSerializer(body.instance).data)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, merchant: str, pk: int) -> Response:
        """Delete an endpoint with the log of its deliveries."""
        delete_endpoint(endpoint=self.endpoint(), by=self.member().user)
        return Response(status=status.HTTP_204_NO_CONTENT)


class MerchantWebhookState(OwnerView):
    """Pausing and switching an endpoint on or off."""

    serializer_class = WebhookStateSerializer

    @extend_schema(responses=WebhookEndpointSerializer)
    def post(self, request: Request, merchant: str, pk: int) -> Response:
        """Give the endpoint a state. Repeating it changes nothing."""
        endpoint = self.endpoint()
        body = WebhookStateSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        set_state(endpoint=endpoint, state=EndpointState(body.validated_data["state"]), by=self.member().user)
        endpoint.refresh_from_db()
        return Response(WebhookEndpointSerializer(endpoint).data)


class MerchantWebhookSecret(OwnerView):
    """The secret with which requests are signed."""

    serializer_class = WebhookSecretSerializer

    @extend_schema(request=None, responses=WebhookSecretSerializer)
    def post(self, request: Request, merchant: str, pk: int) -> Response:
        """Make a new secret. The former one signs for another 24 hours."""
        secret = rotate_secret(endpoint=self.endpoint(), by=self.member().user, now=timezone.now())
        return Response({"secret": secret}, headers={"Cache-Control": "no-store"})


class MerchantWebhookTest(OwnerView):
    """Test events."""

    serializer_class = WebhookDeliverySerializer

    @extend_schema(request=None, responses={202: None})
    def post(self, request: Request, merchant: str, pk: int) -> Response:
        """Send the event `endpoint.test`."""
        send_test_event(endpoint=self.endpoint(), now=timezone.now())
        return Response(status=status.HTTP_202_ACCEPTED)


class MerchantWebhookDeliveries(OwnerView, generics.ListAPIView[WebhookDelivery]):
    """What was sent to an endpoint, newest first."""

    throttle_scope = None  # type: ignore[assignment]
    pagination_class = NewestFirst
    serializer_class = WebhookDeliverySerializer

    def get_queryset(self) -> QuerySet[WebhookDelivery]:
        if getattr(self, "swagger_fake_view", False):
            return WebhookDelivery.objects.none()
        return self.endpoint().deliveries.select_related("event").prefetch_related("attempts")
