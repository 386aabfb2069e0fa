"""Emails about parcels: to the shopper about each step, and to merchants about what they send and take back."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, override

from accounts.letters import write_email
from catalog.models import Merchant
from catalog.site import site_name
from shop.delivery.pickup_codes import pickup_code
from shop.digital.downloads import list_downloads
from shop.models import Order, OrderLine, Parcel, Refund
from shop.order_letters import email_shopper
from shop.states import ParcelState, RefundState

SUBJECTS = {
    ParcelState.PACKED: gettext_lazy("A parcel of your order %(code)s is packed"),
    ParcelState.READY: gettext_lazy("A parcel of your order %(code)s is ready for pickup"),
    ParcelState.SENT: gettext_lazy("A parcel of your order %(code)s is on its way"),
    ParcelState.DELIVERED: gettext_lazy("A parcel of your order %(code)s was delivered"),
    ParcelState.LOST: gettext_lazy("A parcel of your order %(code)s was lost"),
}


DOWNLOADS = gettext_lazy("The downloads of your order %(code)s")
HANDED_OVER = gettext_lazy("A parcel of your order %(code)s was handed over")


def mail_parcel(parcel: Parcel, now: datetime) -> None:
    """Email the shopper about the state of a parcel, and remember that they know it."""
    lines = list(parcel.lines.select_related("order_line__product").order_by("order_line"))
    state = ParcelState(parcel.state)
    context: dict[str, Any] = {"parcel": parcel, "lines": lines}
    context["seller"] = "" if parcel.merchant.is_house else parcel.merchant.name
    if parcel.is_digital:
        context["downloads"] = list_downloads(parcel.order)
    if state == ParcelState.READY:
        context |= {"code": pickup_code(parcel.pk), "days": settings.PICKUP_DAYS}
    is_handed_over = parcel.is_pickup and state == ParcelState.DELIVERED
    subject = DOWNLOADS if parcel.is_digital else HANDED_OVER if is_handed_over else SUBJECTS[state]
    email_shopper(subject, "downloads" if parcel.is_digital else "parcel", parcel.order, **context)
    Parcel.objects.filter(pk=parcel.pk).update(last_notice=parcel.state)


def mail_merchants(order: Order) -> None:
    """Email each merchant of a paid order what it sold, without a word about the shopper."""
    sold = [(line, line.quantity) for line in order.lines.select_related("merchant", "product").order_by("pk")]
    link = reverse("merchant-order", args=[order.code])
    _mail_sellers(sold, "merchant_order", gettext_lazy("Order %(code)s for %(merchant)s"), order, link)


def mail_merchants_of_refund(refund: Refund) -> None:
    """Email each merchant what a shopper asks to send back, or what was refunded and is not to be sent any more."""
    order, is_asked = refund.order, refund.state == RefundState.REQUESTED
    rows = refund.lines.select_related("order_line__merchant", "order_line__product").order_by("order_line")
    units = [(row.order_line, row.quantity) for row in rows]
    link = reverse("merchant-return", args=[refund.pk]) if is_asked else reverse("merchant-order", args=[order.code])
    subject = gettext_lazy("Return of order %(code)s") if is_asked else gettext_lazy("Refund of order %(code)s")
    _mail_sellers(units, "merchant_return" if is_asked else "merchant_refund", subject, order, link)


def _mail_sellers(
    units: Iterable[tuple[OrderLine, int]], template: str, subject: Promise, order: Order, link: str
) -> None:
    """Email each merchant its own of these lines and quantities, in the shop's language."""
    by_merchant: dict[Merchant, list[tuple[OrderLine, int]]] = {}
    for line, quantity in units:
        by_merchant.setdefault(line.merchant, []).append((line, quantity))
    for merchant, own in by_merchant.items():
        if merchant.is_house or not merchant.email:
            continue
        with override(settings.LANGUAGE_CODE):
            context = {"order": order, "units": own, "link": f"{settings.SITE_URL}{link}", "site_name": site_name()}
            text = render_to_string(f"shop/mail/{template}.txt", context)
            words = {"code": order.code, "merchant": merchant.name}
            write_email(str(subject) % words, text, to=merchant.email).send()
