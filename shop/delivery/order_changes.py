"""What can be changed about a paid order until it is packed: the address, and units that are no longer wanted."""

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from accounts.access import staff_with_permission
from accounts.letters import write_email
from accounts.models import User
from catalog.site import current_site, site_name
from shop.commission_holds import assess_pending
from shop.delivery.summary import has_packed_units
from shop.models import Order, PostalAddress, Refund
from shop.order_letters import email_shopper
from shop.refund_reasons import ITEMS_CANCELLED
from shop.refunds import RefundRefused, check_undisputed, plan_refund
from shop.regions import normalize_region
from shop.states import PACKABLE

logger = logging.getLogger(__name__)

ASK_AGAIN_AFTER = timedelta(minutes=10)


class OrderChangeRefused(Exception):
    """A refused change of an order. Nothing was changed. The message says why."""


def is_changeable(order: Order) -> bool:
    """Return whether the order is paid, its parcels are recorded, and none of it is packed."""
    return order.records_parcels and order.state in PACKABLE and not has_packed_units(order.pk)


def change_address(*, order_id: int, address: PostalAddress, now: datetime) -> None:
    """Send the order to another address of the same region, where shipping and tax are the same. Email its shopper.

    Commissions are assessed again, because the address tells who bought. Raises OrderChangeRefused.
    """
    with transaction.atomic():
        order = _lock_unpacked(order_id)
        places = {
            (place.country_code, normalize_region(place.country_code, place.region)) for place in (order, address)
        }
        if len(places) > 1:
            raise OrderChangeRefused(
                _(
                    "Shipping and tax of this order are for its country and region. To send it elsewhere, cancel it first."
                )
            )
        Order.objects.filter(pk=order_id).update(**address.address_values)
        assess_pending(lines=Q(order=order_id), now=now)
        order.refresh_from_db()
        email_shopper(gettext_lazy("The address of your order %(code)s was changed"), "address", order)
    logger.info("the address of an order was changed", extra={"order": order.code})


def cancel_units(*, order_id: int, quantities: Mapping[int, int], created_by: User | None, now: datetime) -> Refund:
    """Cancel units that are not packed, given by order line id, and return their planned refund. The caller sends it.

    Other lines may be packed already. Raises OrderChangeRefused.
    """
    with transaction.atomic():
        order = Order.objects.select_for_update().get(pk=order_id)
        if not order.records_parcels or order.state not in PACKABLE:
            raise OrderChangeRefused(_explain_closed())
        unpacked = {line.pk: line.unpacked_quantity for line in order.lines.all()}
        chosen = {line_id: quantity for line_id, quantity in quantities.items() if quantity}
        if not chosen or min(chosen.values()) < 0:
            raise OrderChangeRefused(_("Enter how many you want to cancel."))
        if any(quantity > unpacked.get(line_id, 0) for line_id, quantity in chosen.items()):
            raise OrderChangeRefused(
                _("Some of these items are packed already. You can return them after they arrive.")
            )
        try:
            check_undisputed(order)
            refund = plan_refund(
                order_id=order_id, quantities=chosen, created_by=created_by, now=now, reason=ITEMS_CANCELLED
            )
        except RefundRefused as refusal:
            raise OrderChangeRefused(str(refusal)) from refusal
    return refund


def ask_seller(*, order: Order, words: str, now: datetime) -> None:
    """Email a shopper's question to the shop, which replies to their address. Raises OrderChangeRefused."""
    with transaction.atomic():
        last_asked = Q(asked_at=None) | Q(asked_at__lt=now - ASK_AGAIN_AFTER)
        if not is_changeable(order):
            raise OrderChangeRefused(_explain_closed())
        if not Order.objects.filter(last_asked, pk=order.pk).update(asked_at=now):
            raise OrderChangeRefused(_("We got your question. You can ask another one in some minutes."))
        staff = [(user.email, user.language) for user in staff_with_permission("shop.add_parcel")]
        contact = current_site().contact_email
        context = {"order": order, "words": words, "site_url": settings.SITE_URL, "site_name": site_name()}
        for email, language in [(contact, "")] if contact else staff:
            with override(language or settings.LANGUAGE_CODE):
                subject = _("Question about order %(code)s") % {"code": order.code}
                text = render_to_string("shop/mail/question.txt", context)
                write_email(subject, text, to=email, headers={"Reply-To": order.email}).send()


def _lock_unpacked(order_id: int) -> Order:
    """Lock an order of which nothing is packed. Raises OrderChangeRefused."""
    order = Order.objects.select_for_update().get(pk=order_id)
    if not is_changeable(order):
        raise OrderChangeRefused(_explain_closed())
    return order


def _explain_closed() -> str:
    return _("This order can't be changed any more. Ask us by email, or return it after it arrives.")
