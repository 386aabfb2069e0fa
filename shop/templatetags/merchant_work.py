"""`{% load merchant_work %}`: the orders and returns that wait for a merchant."""

from django import template
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.staff_work import WaitingWork, drop_empty
from catalog.models import MerchantMember, MerchantRole
from shop.delivery.merchant_returns import returns_to
from shop.models import Order
from shop.states import RefundState

register = template.Library()


@register.simple_tag
def merchant_work(member: MerchantMember) -> list[WaitingWork]:
    """Return what the member deals with."""
    orders = Order.objects.to_pack_by(member.merchant_id)
    works = [WaitingWork(_("Orders to pack"), orders.count(), reverse("merchant-orders"))]
    if member.role != MerchantRole.PACKER:
        returns, url = returns_to(member.merchant_id), reverse("merchant-returns")
        works += [
            WaitingWork(_("Returns to decide on"), returns.filter(state=RefundState.REQUESTED).count(), url),
            WaitingWork(_("Returns on their way"), returns.filter(state=RefundState.ACCEPTED).count(), url),
        ]
    return drop_empty(*works)
