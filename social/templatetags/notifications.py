"""`{% load notifications %}`: how many are unread, for the site's header, and wishes on a product's page."""

from typing import Any

from django import template
from django.template import RequestContext

from accounts.models import User
from shop.variant_offers import MAX_BUTTONS, VariantChoice
from social.notifications.lists import count_unread
from social.notifications.wishes import list_wishes

register = template.Library()


@register.simple_tag
def unread_notifications(user: object) -> int:
    """Return how many notifications a user has not read. Visitors have none."""
    return count_unread(user) if isinstance(user, User) else 0


@register.inclusion_tag("social/parts/wishes.html", takes_context=True)
def wishes(context: RequestContext, choice: VariantChoice) -> dict[str, Any]:
    """Render what a shopper waits for of a product, and a form to wait for one of its variants on sale.

    That is one that is sold out, if there is any; otherwise one whose price may drop. Of very many, it is the one that
    was asked for.
    """
    user, product = context["request"].user, choice.product
    own = list_wishes(user, product) if isinstance(user, User) else []
    waited_for = {wish.variant_id for wish in own}
    active = [offer.variant for offer in choice.offers]
    sold_out = [variant for variant in active if variant.sellable < 1]
    variants = [variant for variant in sold_out or active if variant.pk not in waited_for]
    if len(variants) > MAX_BUTTONS:
        variants = [variant for variant in variants if choice.chosen and variant.pk == choice.chosen.variant.pk]
    return {
        "csrf_token": context.get("csrf_token"),
        "product": product,
        "wishes": own,
        "variants": [] if product.is_outbound else variants,
        "is_choice_needed": choice.is_needed,
        "is_sold_out": bool(sold_out),
    }
