"""Purchases through a creator's clip, by buyers who have something in common with the creator or their agency."""

from datetime import timedelta
from typing import Any

from django.test import Client
from django.utils import timezone

from creators.models import Agency, Creator, Representation
from creators.representation import accept_representation
from shop.models import Order, OrderLine
from tests.factories import make_category, make_creator, make_product, make_published_clip, make_user
from tests.shop.conftest import ADDRESS, buy, token_of
from videos.models import Clip

ELSEWHERE = ADDRESS | {"name": "Elsa Where", "street": "99 Far Road", "postal_code": "60601"}


def make_earning_clip(creator: Creator | None = None) -> Clip:
    """Return a clip with a mug for $20.00, of which its creator earns $2.00."""
    number = make_category().pk
    category = make_category(f"beauty-{number}", commission_rate_bps=1000)
    mug = make_product(f"mug-{number}", stock=500, price_minor=2000, category=category)
    return make_published_clip(creator or make_creator(), products=[mug, make_product()])


def order_through(clip: Clip, client: Client | None = None, **body: Any) -> OrderLine:
    """Buy the clip's product, as a guest elsewhere if nothing else is said, and return the order line."""
    client, product = client or Client(), clip.products.order_by("pk")[0].slug
    seen = token_of(clip, client)
    sent = {"product": product, "seen": seen, "email": "buyer@elsewhere.example", "address": ELSEWHERE} | body
    response = buy(client, sent, key=f"key-{Order.objects.count():08}")
    assert response.status_code == 201, response.content
    return OrderLine.objects.select_related("order", "creator").latest("pk")


def represent(creator: Creator, slug: str = "stars") -> Agency:
    """Let an agency with a user of its own represent the creator from yesterday on."""
    agency = Agency.objects.filter(slug=slug).first() or Agency.objects.create(
        slug=slug, name=slug, user=make_user(f"{slug}@agency.example")
    )
    yesterday = timezone.now() - timedelta(days=1)
    offer = Representation.objects.create(creator=creator, agency=agency, share_bps=1000, offered_at=yesterday)
    accept_representation(representation=offer, now=yesterday)
    return agency


def state_of(line: OrderLine) -> tuple[str, str, int]:
    """Return the state of the line's last hold, why it earns nothing, and its commission."""
    line.refresh_from_db()
    hold = line.commission_holds.order_by("pk").last()
    return (hold.state if hold else "", line.unpaid_reason, line.commission_minor)


def mature(line: OrderLine) -> None:
    """Let the return period end a minute ago."""
    OrderLine.objects.filter(pk=line.pk).update(payable_at=timezone.now() - timedelta(minutes=1))
