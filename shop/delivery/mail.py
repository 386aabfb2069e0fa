"""Emails about parcels: to the shopper about each step, and to merchants about what they have to send."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from accounts.letters import write_email
from catalog.models import HOUSE_ID
from catalog.site import site_name
from shop.delivery.pickup_codes import pickup_code
from shop.delivery.summary import group_by_merchant
from shop.digital.downloads import list_downloads
from shop.models import Order, Parcel
from shop.order_letters import email_shopper
from shop.states import ParcelState

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
    lines = order.lines.exclude(merchant=HOUSE_ID).select_related("merchant", "product").order_by("pk")
    for own_lines, _parcels in group_by_merchant(lines, ()):
        merchant = own_lines[0].merchant
        context = {"order": order, "lines": own_lines, "site_url": settings.SITE_URL, "site_name": site_name()}
        with override(settings.LANGUAGE_CODE):
            subject = _("Order %(code)s for %(merchant)s") % {"code": order.code, "merchant": merchant.name}
            text = render_to_string("shop/mail/merchant_order.txt", context)
            if merchant.email:
                write_email(subject, text, to=merchant.email).send()
