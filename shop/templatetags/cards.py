"""Tags for kept cards: `{% load cards %}`, then `{% kept_cards user %}` for the list on the account page."""

from typing import Any

from django import template
from django.utils import timezone

from accounts.models import User
from shop.kept_cards import find_usable_cards
from shop.models import KeptCard

register = template.Library()


@register.inclusion_tag("shop/parts/kept_cards.html", takes_context=True)
def kept_cards(context: template.Context, user: User) -> dict[str, Any]:
    """List the user's kept cards, with buttons."""
    now = timezone.now()
    cards = [
        {"card": card, "is_expired": card.is_expired_at(now)}
        for card in KeptCard.objects.owned_by(user).default_first()
    ]
    return {"cards": cards, "request": context.get("request"), "csrf_token": context.get("csrf_token")}


@register.simple_tag
def usable_cards(user: User) -> list[KeptCard]:
    """Return the cards with which the user can pay now, the default one first."""
    return find_usable_cards(user if user.is_authenticated else None, now=timezone.now())
