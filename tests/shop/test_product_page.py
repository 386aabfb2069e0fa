"""The product page shows the product as it is now, to people and to search engines."""

import json
import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from catalog.models import Product
from shop.models import Address, Click, Order
from tests.factories import NOW, make_product, make_published_clip, make_user, make_waiting_clip
from tests.shop.conftest import buy, token_of
from videos.models import Clip

pytestmark = pytest.mark.django_db


def test_page_shows_price_and_published_clips_only(client: Client) -> None:
    mug, lamp = make_product("mug", price_minor=1250), make_product("lamp")
    shown = make_published_clip(products=[mug, lamp])
    hidden = make_waiting_clip(products=[mug, lamp])
    page = client.get("/p/mug/").content.decode()
    assert "$12.50" in page
    assert f"/c/{shown.code}/" in page
    assert hidden.code not in page


def test_one_place_is_kept_for_the_most_looked_at_doubt(client: Client) -> None:
    mug, lamp = make_product("mug"), make_product("lamp")
    products = [mug, lamp]
    praise = make_published_clip(products=products)
    mixed = make_published_clip(products=products, verdict="mixed", caption="Good, with a but")
    against = make_published_clip(products=products, verdict="not_for_me", caption="Not for my kitchen")
    known = make_user(date_joined=NOW - timedelta(days=400))
    Click.objects.create(clip=against, product=mug, user=known, clicked_at=NOW)
    doubt, others = client.get("/p/mug/").content.decode().split('id="clips-heading"')
    assert "Not for my kitchen" in doubt
    assert "The verdict is about all products of the clip together." in doubt
    assert "Not everyone is convinced" not in doubt
    assert against.code not in others
    assert praise.code in others and mixed.code in others


def make_doubts(mug: Product) -> tuple[Clip, Clip]:
    """Return two critical clips. The later one has the place if nobody opened a product from either."""
    products = [mug, make_product("lamp")]
    earlier = make_published_clip(products=products, verdict="mixed")
    return earlier, make_published_clip(products=products, verdict="mixed", now=NOW + timedelta(minutes=1))


def has_place(client: Client, clip: Clip) -> bool:
    return f"/c/{clip.code}/" in client.get("/p/mug/").content.decode().split('id="clips-heading"')[0]


def test_place_cannot_be_clicked_for_by_visitors_new_accounts_or_the_creator(client: Client) -> None:
    mug = make_product("mug")
    earlier, later = make_doubts(mug)
    new = make_user(date_joined=timezone.now() - timedelta(days=2))
    for user in (None, None, None, new, earlier.creator.user):
        Click.objects.create(clip=earlier, product=mug, user=user, visitor="v", clicked_at=NOW)
    User.objects.filter(pk=earlier.creator.user_id).update(date_joined=NOW - timedelta(days=400))
    assert has_place(client, later)
    known = make_user(date_joined=timezone.now() - timedelta(days=40))
    for _time in range(5):
        Click.objects.create(clip=earlier, product=mug, user=known, clicked_at=NOW)
    assert has_place(client, earlier)
    for _user in range(2):
        other = make_user(date_joined=timezone.now() - timedelta(days=40))
        Click.objects.create(clip=later, product=mug, user=other, clicked_at=NOW)
    assert has_place(client, later)


def test_orders_decide_before_clicks(client: Client, as_shopper: Client, saved_address: Address) -> None:
    mug = make_product("mug")
    earlier, later = make_doubts(mug)
    for _user in range(2):
        known = make_user(date_joined=timezone.now() - timedelta(days=40))
        Click.objects.create(clip=later, product=mug, user=known, clicked_at=NOW)
    assert has_place(client, later)
    assert buy(as_shopper, {"product": "mug", "quantity": 1, "seen": token_of(earlier, as_shopper)}).status_code == 201
    Order.objects.update(state="paid")
    assert has_place(client, earlier)


def test_doubt_about_this_product_alone_is_called_so(client: Client) -> None:
    mug, lamp = make_product("mug"), make_product("lamp")
    clip = make_published_clip(products=[mug, lamp], verdict="mixed")
    clip.tags.filter(product=lamp).delete()
    page = client.get("/p/mug/").content.decode()
    assert "Not everyone is convinced" in page and "all products of the clip" not in page


def test_without_doubts_no_place_stands_empty(client: Client) -> None:
    make_published_clip(products=[make_product("mug"), make_product("lamp")])
    assert "doubt-heading" not in client.get("/p/mug/").content.decode()


def test_structured_data_cannot_end_its_script(client: Client) -> None:
    make_product("mug", name="</script><script>alert(1)</script>")
    page = client.get("/p/mug/").content.decode()
    assert "<script>alert" not in page
    data = json.loads(re.findall(r'<script type="application/ld\+json">(.*?)</script>', page)[0])
    assert data["name"] == "</script><script>alert(1)</script>"
    assert data["offers"]["price"] == "19.99"


def test_sold_out_product_says_so_and_offers_no_button(client: Client) -> None:
    make_product("mug", stock=0)
    page = client.get("/p/mug/").content.decode()
    assert "Sold out" in page
    assert "Buy now" not in page
