"""The email about each step of a parcel."""

from datetime import datetime

from django.utils.translation import gettext_lazy

from shop.models import Parcel
from shop.order_letters import email_shopper
from shop.states import ParcelState

SUBJECTS = {
    ParcelState.PACKED: gettext_lazy("A parcel of your order %(code)s is packed"),
    ParcelState.SENT: gettext_lazy("A parcel of your order %(code)s is on its way"),
    ParcelState.DELIVERED: gettext_lazy("A parcel of your order %(code)s was delivered"),
    ParcelState.LOST: gettext_lazy("A parcel of your order %(code)s was lost"),
}


def mail_parcel(parcel: Parcel, now: datetime) -> None:
    """Email the shopper about the state of a parcel, and remember that they know it."""
    lines = list(parcel.lines.select_related("order_line__product").order_by("order_line"))
    email_shopper(SUBJECTS[ParcelState(parcel.state)], "parcel", parcel.order, parcel=parcel, lines=lines)
    Parcel.objects.filter(pk=parcel.pk).update(last_notice=parcel.state)
