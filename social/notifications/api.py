"""JSON API for notifications, preferences, browsers that take pushes, and wishes."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access import is_adult, signed_in_user
from accounts.api_errors import Conflict, Unprocessable
from accounts.models import User
from catalog.models import Product, Variant
from social.models import NotificationKind
from social.notifications.kinds import Channels
from social.notifications.lists import PAGE_SIZE, count_unread, mark_read, read_page
from social.notifications.preferences import read_choices, save_choices
from social.notifications.serializers import (
    BrowserSerializer,
    EndpointSerializer,
    NotificationListSerializer,
    NotificationSettingsSerializer,
    ReadSerializer,
    WishListSerializer,
)
from social.notifications.subscriptions import SubscriptionRefused, public_key, subscribe, unsubscribe
from social.notifications.wishes import WishRefused, end_wish, list_wishes, make_wish

MAX_LIMIT = 50
PAGING = [
    OpenApiParameter("after", str, description="From the page before."),
    OpenApiParameter("limit", int, description=f"At most {MAX_LIMIT}; {PAGE_SIZE} if it is left out."),
]


class NotificationView(APIView):
    permission_classes = [IsAuthenticated]
    throttle_scope = "write"

    def get_throttles(self) -> list[Any]:
        return [] if self.request.method == "GET" else super().get_throttles()


class Notifications(NotificationView):
    """The caller's notifications, newest first, in the language of the request."""

    @extend_schema(parameters=PAGING, responses=NotificationListSerializer)
    def get(self, request: Request) -> Response:
        reader, text = signed_in_user(request), request.query_params.get("limit", "")
        is_number = text.isascii() and text.isdigit() and len(text) < 4
        limit = min(max(int(text), 1), MAX_LIMIT) if is_number else PAGE_SIZE
        page = read_page(reader, after=request.query_params.get("after", ""), limit=limit)
        body = {"unread_count": count_unread(reader), "lines": page.lines, "after": page.after}
        return Response(NotificationListSerializer(body).data)


class ReadNotifications(NotificationView):
    """POST marks notifications as read: those with the given ids or, without ids, all. Repeating it changes nothing."""

    @extend_schema(request=ReadSerializer, responses={204: None})
    def post(self, request: Request) -> Response:
        serializer = ReadSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        mark_read(reader=signed_in_user(request), ids=serializer.validated_data.get("ids"), now=timezone.now())
        return Response(status=status.HTTP_204_NO_CONTENT)


class NotificationSettings(NotificationView):
    """How the caller is told of each kind, and their time zone. PATCH changes what it names."""

    @extend_schema(responses=NotificationSettingsSerializer)
    def get(self, request: Request) -> Response:
        return self._show(signed_in_user(request))

    @extend_schema(request=NotificationSettingsSerializer, responses=NotificationSettingsSerializer)
    def patch(self, request: Request) -> Response:
        user, serializer = signed_in_user(request), NotificationSettingsSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        choices = {
            NotificationKind(row["kind"]): Channels(row["on_site"], row["mail"], row["push"])
            for row in serializer.validated_data.get("kinds", [])
        }
        save_choices(user=user, choices=choices)
        if "time_zone" in serializer.validated_data:
            User.objects.filter(pk=user.pk).update(time_zone=serializer.validated_data["time_zone"])
        user.refresh_from_db(fields=["time_zone"])
        return self._show(user)

    def _show(self, user: User) -> Response:
        kinds = [
            {"kind": kind, "on_site": chosen.on_site, "mail": chosen.mail, "push": chosen.push}
            for kind, chosen in read_choices(user).items()
        ]
        body = {"time_zone": user.time_zone, "kinds": kinds, "push_key": public_key()}
        return Response(NotificationSettingsSerializer(body).data)


class Browser(NotificationView):
    """The browser of this session. PUT pushes notifications to it until the session ends; DELETE stops that."""

    error_statuses = (422,)

    @extend_schema(request=BrowserSerializer, responses={204: None})
    def put(self, request: Request) -> Response:
        serializer = BrowserSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        user, key = signed_in_user(request), str(request.session.session_key)
        try:
            subscribe(user=user, session_key=key, now=timezone.now(), **serializer.validated_data)
        except SubscriptionRefused as refusal:
            raise Unprocessable(str(refusal)) from refusal
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(parameters=[EndpointSerializer], request=None, responses={204: None})
    def delete(self, request: Request) -> Response:
        serializer = EndpointSerializer(data=request.query_params)
        serializer.is_valid(raise_exception=True)
        unsubscribe(user=signed_in_user(request), endpoint=serializer.validated_data["endpoint"])
        return Response(status=status.HTTP_204_NO_CONTENT)


class Wishes(NotificationView):
    """What the caller waits for: variants that are sold out, or whose price may drop."""

    @extend_schema(responses=WishListSerializer)
    def get(self, request: Request) -> Response:
        return Response(WishListSerializer({"results": list_wishes(signed_in_user(request))}).data)


class VariantWish(NotificationView):
    """A wish for a variant. PUT tells the caller once when it is back in stock or, if it is in stock, costs less."""

    error_statuses = (409,)

    @extend_schema(request=None, responses={204: None})
    def put(self, request: Request, pk: int) -> Response:
        user = signed_in_user(request)
        try:
            make_wish(user=user, variant=_find_variant(pk, user), now=timezone.now())
        except WishRefused as refusal:
            raise Conflict(str(refusal)) from refusal
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, pk: int) -> Response:
        user = signed_in_user(request)
        end_wish(user=user, variant=_find_variant(pk, user))
        return Response(status=status.HTTP_204_NO_CONTENT)


def _find_variant(pk: int, user: User) -> Variant:
    products = Product.objects.on_sale().suitable_for(is_adult=is_adult(user))
    return get_object_or_404(Variant.objects.buyable().filter(product__in=products), pk=pk)
