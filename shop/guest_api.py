"""API by which guests come back to an order and, like everybody, pay for it."""

from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api_errors import Conflict, Unavailable
from accounts.keys import LARGEST_KEY
from accounts.models import User
from accounts.pasted_text import PastedEmailApiField
from shop.api import ShopView, describe_order, validate
from shop.checkout_api import PaymentRequired, describe_refused_card, read_means
from shop.guest_pages import SCOPE, explain_unknown
from shop.models import Order
from shop.order_links import (
    claim_order,
    explain_unclaimable,
    find_order_by_email,
    find_order_by_link,
    may_claim,
    open_order,
)
from shop.order_payment import CardRefused, pay_order
from shop.payment_page import describe_payment_failure
from shop.payments import PaymentRefused
from shop.providers import ProviderUnavailable
from shop.serializers import CardRefusedSerializer, CheckoutResultSerializer, OrderSerializer
from shop.shopper import shopper_of


class OrderKeySerializer(serializers.Serializer[Any]):
    """The number of an order, with its email address or the token of the link in its emails."""

    code = serializers.CharField(max_length=40)
    email = PastedEmailApiField(required=False)
    token = serializers.CharField(required=False, max_length=100)


class OrderMeansSerializer(serializers.Serializer[Any]):
    """How to pay for an order that is already placed."""

    card_id = serializers.IntegerField(
        required=False,
        min_value=1,
        max_value=LARGEST_KEY,
        allow_null=True,
        default=None,
        help_text="A kept card, to charge.",
    )
    keep_card = serializers.BooleanField(default=False, help_text="Keep the card with which the shopper pays.")


class OrderFind(ShopView):
    """Opening of an order without signing in. POST lets this session see, pay, cancel and return it."""

    error_statuses = (404,)
    throttle_scope = SCOPE

    @extend_schema(request=OrderKeySerializer, responses=OrderSerializer)
    def post(self, request: Request) -> Response:
        key = validate(OrderKeySerializer(data=request.data))
        by_email = "token" not in key
        if not by_email:
            order = find_order_by_link(code=key["code"], token=key["token"])
        else:
            order = find_order_by_email(code=key["code"], email=key.get("email", ""))
        if order is None:
            raise NotFound(explain_unknown())
        open_order(request._request, order, by_email=by_email)
        return describe_order(Order.objects.with_lines().get(pk=order.pk), request)


class OrderClaim(ShopView):
    """An order that was placed as a guest. POST moves it to the account of the user, who must have opened it by email."""

    error_statuses = (409,)
    permission_classes = [IsAuthenticated]

    @extend_schema(request=None, responses=OrderSerializer)
    def post(self, request: Request, code: str) -> Response:
        order, user = _find_own_order(request._request, code), request.user
        assert isinstance(user, User)
        if order.user_id is None and not may_claim(request._request, order):
            raise Conflict(explain_unclaimable())
        if order.user_id != user.pk and not claim_order(order_id=order.pk, user=user):
            raise Conflict(_("This order belongs to an account."))
        return describe_order(_find_own_order(request._request, code), request)


class OrderPay(ShopView):
    """Payment for an order that waits for it. POST charges it, or says where to pay; repeating it charges once.

    A payment that was begun by other means is closed first.
    """

    error_statuses = (402,)

    @extend_schema(request=OrderMeansSerializer, responses={200: CheckoutResultSerializer, 402: CardRefusedSerializer})
    def post(self, request: Request, code: str) -> Response:
        order = _find_own_order(request._request, code)
        means = read_means(shopper_of(request._request), validate(OrderMeansSerializer(data=request.data)))
        try:
            outcome = pay_order(order=order, now=timezone.now(), means=means)
        except CardRefused as failure:
            return describe_refused_card(failure)
        except PaymentRefused as failure:
            raise PaymentRequired(str(failure)) from failure
        except ProviderUnavailable as failure:
            raise Unavailable(describe_payment_failure(failure)) from failure
        order = _find_own_order(request._request, code)
        context = {"outcome": outcome, "shopper": shopper_of(request._request)}
        return Response(CheckoutResultSerializer(order, context=context).data)


def _find_own_order(request: HttpRequest, code: str) -> Order:
    return get_object_or_404(Order.objects.visible_to(shopper_of(request)).with_lines(), code=code)
