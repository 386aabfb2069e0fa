"""What a shopper writes about: a seller, and perhaps one of its products or one of the shopper's orders from it."""

from django.http import Http404
from django.shortcuts import get_object_or_404

from accounts.access import is_adult
from accounts.models import User
from catalog.merchants.access import ACTING
from catalog.models import Merchant, Product
from shop.messages.threads import ThreadTopic
from shop.models import Order, OrderLine


def find_topic(*, user: User, seller: str, product: str = "", order: str = "") -> ThreadTopic:
    """Return the topic with this seller's slug and, if they are not empty, this product's slug or order's code.

    Who has bought from a seller may also write to it about the order while it is suspended, because it still sends what is
    paid. Raises Http404 if there is no such thing, or if the user may not see it.
    """
    merchant = get_object_or_404(Merchant.objects.filter(state__in=ACTING), slug=seller)
    if order:
        bought = OrderLine.objects.filter(order__user=user, merchant=merchant).values("order")
        return ThreadTopic(merchant, order=get_object_or_404(Order.objects.filter(pk__in=bought), code=order))
    if merchant not in Merchant.objects.approved():
        raise Http404
    if not product:
        return ThreadTopic(merchant)
    visible = Product.objects.on_sale().suitable_for(is_adult=is_adult(user))
    return ThreadTopic(merchant, product=get_object_or_404(visible, slug=product, merchant=merchant))
