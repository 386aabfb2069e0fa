"""What staff had seen of an order's refunds when they ask for one more, so that the same one is not sent twice.

Each refund is a row with a larger id. So the id of the latest one tells what a page was based on, and it works only once.
"""

from django.db.models import QuerySet
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from catalog.prices import format_money
from shop.models import Order, Refund
from shop.states import COUNTED_REFUNDS


def find_latest_refund(order: Order) -> int:
    """Return the id of the order's latest refund, or 0 if it has none."""
    return _find_refunds(order).values_list("pk", flat=True).first() or 0


def explain_newer_refund(order: Order, seen_refund: int) -> str:
    """Return who refunded what and when after the user's page showed `seen_refund` as the latest, or "" if nobody did."""
    refund = _find_refunds(order).filter(pk__gt=seen_refund).select_related("created_by").first()
    if refund is None:
        return ""
    facts = {
        "amount": format_money(refund.amount_minor, refund.currency),
        "when": date_format(localtime(refund.created_at), "DATETIME_FORMAT"),
        "who": refund.created_by or "",
        "reason": refund.reason,
    }
    if refund.created_by is None:
        happened = _("%(amount)s of this order was refunded on %(when)s: %(reason)s") % facts
    else:
        happened = _("%(who)s refunded %(amount)s of this order on %(when)s: %(reason)s") % facts
    return f"{happened} {_('Your page was older, so nothing more was refunded. Check what is left.')}"


def _find_refunds(order: Order) -> QuerySet[Refund]:
    """Return the order's refunds, latest first. Returns count from when they are refunded."""
    return Refund.objects.filter(order=order, state__in=COUNTED_REFUNDS).order_by("-pk")
