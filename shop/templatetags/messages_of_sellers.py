"""Template tags about messages between shoppers and sellers: `{% load messages_of_sellers %}`."""

from collections.abc import Sequence

from django import template

from accounts.models import User
from catalog.merchants.access import ACTING
from catalog.models import HOUSE_ID, Merchant, MerchantMember
from shop.messages.mail import ANSWERING
from shop.messages.participants import Participant
from shop.models import Order

register = template.Library()


@register.simple_tag
def sellers_of(order: Order) -> Sequence[Merchant]:
    """Return the merchants of an order to whom its shopper can write: the house gets questions by email."""
    sellers = Merchant.objects.filter(state__in=ACTING, order_lines__order=order).exclude(pk=HOUSE_ID)
    return list(sellers.order_by("pk").distinct())


@register.simple_tag
def count_unread(user: User) -> int:
    """Return how many messages from sellers a shopper has not read."""
    return Participant(user).count_unread()


@register.simple_tag
def count_unread_of_merchant(member: MerchantMember) -> int | None:
    """Return how many messages from shoppers nobody of the merchant has read, or None if the member answers none."""
    return Participant(member.user, member.merchant).count_unread() if member.role in ANSWERING else None
