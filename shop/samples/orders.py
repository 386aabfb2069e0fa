"""The order of zero by which an approved sample is sent."""

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from creators.models import Sample, SampleState
from creators.samples import SampleRefused, explain_moved, refuse_own
from creators.suspensions import CreatorSuspended, refuse_suspended
from shop.addresses import find_default_address
from shop.attribution import Buyer
from shop.models import Order, SampleOrder
from shop.order_payment import pay_order
from shop.orders import OrderRefused, RequestedItem, place_order
from shop.shopper import Shopper


def approve_sample(*, sample: Sample, decided_by: User, now: datetime) -> Order:
    """Approve a request, and return the order of zero, which is paid and waits to be packed.

    It goes to the default address of the creator. Raises SampleMoved if the request was answered or withdrawn before,
    and SampleRefused if it cannot be sent.
    """
    refuse_own(sample, decided_by)
    creator = sample.creator
    with transaction.atomic():
        try:
            refuse_suspended(creator.pk)
        except CreatorSuspended as refusal:
            raise SampleRefused(_("This creator is suspended.")) from refusal
        values = {"decided_at": now, "decided_by": decided_by}
        if not Sample.objects.move(sample.pk, SampleState.REQUESTED, SampleState.APPROVED, **values):
            raise explain_moved(sample)
        order = _place(sample, now)
        SampleOrder.objects.create(sample=sample, order=order)
        pay_order(order=order, now=now)
    order.refresh_from_db()
    return order


def _place(sample: Sample, now: datetime) -> Order:
    user, variant = sample.creator.user, sample.variant
    address = find_default_address(user)
    if address is None:
        raise SampleRefused(_("There is no saved delivery address to send it to."))
    buyer = Buyer(shopper=Shopper(user=user, visitor=""), email=user.email, address=address)
    items = [RequestedItem(variant.product.slug, 1, variant_id=variant.pk)]
    try:
        order = place_order(buyer=buyer, items=items, now=now, is_free=True)
    except OrderRefused as refusal:
        raise SampleRefused(str(refusal)) from refusal
    # The letter about the sample names the order; those about its parcels are in the creator's language.
    Order.objects.filter(pk=order.pk).update(mailed_at=now, language=user.language or settings.LANGUAGE_CODE)
    return order
