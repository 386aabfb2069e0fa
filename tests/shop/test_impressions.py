"""Only a click with the signed token of its impression earns a commission."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from catalog.models import Product
from shop.models import Address, Click, Order, OrderLine
from tests.factories import make_creator, make_product, make_published_clip, make_waiting_clip
from tests.feed.watching import make_watchable_clip
from tests.shop.conftest import buy, token_of
from videos.models import Clip
from videos.playback.impressions import issue_token, read_token, sign_token, token_key

pytestmark = pytest.mark.django_db


@pytest.fixture
def mug() -> Product:
    return make_product("mug", stock=100)


@pytest.fixture
def clip(mug: Product) -> Clip:
    return make_published_clip(make_creator("maya"), products=[mug, make_product("cup")])


def click(client: Client, token: object, product: str = "mug") -> int:
    body = {"product": product, "seen": token}
    return client.post("/api/v1/clicks/", body, content_type="application/json").status_code


def test_click_with_its_impression_earns_on_the_next_purchase(
    as_shopper: Client, saved_address: Address, clip: Clip
) -> None:
    token = token_of(clip, as_shopper)
    assert click(as_shopper, token) == 204
    buy(as_shopper, {"product": "mug"})
    line = OrderLine.objects.select_related("click").get()
    serving = read_token(token, key=token_key())
    assert (line.creator, line.clip, line.commission_minor) == (clip.creator, clip, 90)
    assert line.click is not None and serving is not None and line.click.served_at == serving.served_at


def test_feed_page_issues_the_token_that_a_click_needs(as_shopper: Client, mug: Product) -> None:
    clip = make_watchable_clip(None, None, [mug, make_product("cup")])
    [shown] = as_shopper.get("/api/v1/feed/").json()["clips"]
    assert click(as_shopper, shown["token"]) == 204
    assert Click.objects.get().clip == clip


def test_bag_remembers_the_impression(client: Client, as_shopper: Client, saved_address: Address, clip: Clip) -> None:
    as_shopper.post("/bag/", {"product": "mug", "quantity": "1", "seen": token_of(clip, as_shopper)})
    assert "@maya" in as_shopper.get("/bag/").content.decode()
    buy(as_shopper, {})
    assert OrderLine.objects.get().creator == clip.creator


def test_impression_earns_after_the_secret_key_was_rotated(
    as_shopper: Client, saved_address: Address, clip: Clip, settings: Any
) -> None:
    token, old_key = token_of(clip, as_shopper), settings.SECRET_KEY
    settings.SECRET_KEY = "a-new-key" * 8
    assert click(as_shopper, token) == 404
    settings.SECRET_KEY_FALLBACKS = [old_key]
    assert click(as_shopper, token) == 204


def tampered_tokens(clip: Clip, client: Client) -> list[object]:
    """Return 30 tokens that the site never issued to the client for this product, or issued too long ago."""
    now, good = timezone.now(), token_of(clip, client)
    serving = read_token(good, key=token_key())
    assert serving is not None
    flipped = [good[:place] + ("A" if good[place] != "A" else "B") + good[place + 1 :] for place in range(0, 40, 4)]
    forged = [sign_token(serving, key=key) for key in (b"", b"x", b"secret", token_key()[:-1], token_key()[::-1])]
    hidden = make_waiting_clip(make_creator("other"), products=[Product.objects.get(slug="mug"), make_product()])
    elsewhere = make_published_clip(products=[make_product(), make_product()])
    others = [
        token_of(hidden, client),
        token_of(elsewhere, client),
        issue_token(replace(serving, clip_id=clip.pk + 999)),
    ]
    moments = [now - timedelta(days=2, seconds=1), now - timedelta(days=30), now + timedelta(minutes=5)]
    nonsense = ["", " ", clip.code, str(clip.pk), "null", good[:-1], good + "A", good * 2, "é" * 40]
    return [*flipped, *forged, *others, *(token_of(clip, client, at) for at in moments), *nonsense]


def test_30_tampered_requests_change_nothing(as_shopper: Client, saved_address: Address, clip: Clip) -> None:
    tokens = tampered_tokens(clip, as_shopper)
    assert len(tokens) == 30
    for number, token in enumerate(tokens):
        assert click(as_shopper, token) in (400, 404), token
        buy(as_shopper, {"product": "mug", "seen": token}, key=f"key-{number:05}")
        as_shopper.post("/bag/", {"product": "mug", "quantity": "0", "seen": token, "then": "change"})
    assert Click.objects.count() == 0
    assert set(Order.objects.values_list("lines__creator", "lines__commission_minor")) == {(None, 0)}


def test_forged_click_earns_without_the_guard(
    as_shopper: Client, saved_address: Address, clip: Clip, settings: Any
) -> None:
    serving = read_token(token_of(clip, as_shopper), key=token_key())
    assert serving is not None
    forged = sign_token(serving, key=b"guessed")
    settings.SECRET_KEY_FALLBACKS = ["guessed"]
    assert click(as_shopper, forged) == 204
    buy(as_shopper, {"product": "mug"})
    assert OrderLine.objects.get().creator == clip.creator


def test_impression_of_one_product_does_not_count_for_another(as_shopper: Client, clip: Clip) -> None:
    make_product("lamp")
    assert click(as_shopper, token_of(clip, as_shopper), product="lamp") == 404
    assert Click.objects.count() == 0
