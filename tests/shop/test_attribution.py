"""Attribution of purchases: the last click on the product in seven days, or on its category if the terms say so."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from catalog.models import Product
from payouts.tally import tally
from shop.models import Click, OrderLine
from tests.factories import (
    make_campaign,
    make_category,
    make_creator,
    make_enrolment,
    make_product,
    make_published_clip,
)
from tests.shop.conftest import buy, token_of
from videos.models import Clip

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("saved_address")]


@pytest.fixture
def mug() -> Product:
    return make_product("mug", stock=100)


@pytest.fixture
def clip(mug: Product) -> Clip:
    return make_published_clip(make_creator("maya"), products=[mug, make_product()])


def click(client: Client, clip: Clip, product: str = "mug", *, ago: timedelta = timedelta()) -> None:
    body = {"product": product, "seen": token_of(clip, client)}
    assert client.post("/api/v1/clicks/", body, content_type="application/json").status_code == 204
    last = Click.objects.latest("pk")
    Click.objects.filter(pk=last.pk).update(clicked_at=last.clicked_at - ago)


def earning_clip(client: Client, product: str = "mug", key: str = "key-0001") -> Clip | None:
    """Buy a product without naming a clip, and return the clip that the purchase is attributed to."""
    assert buy(client, {"product": product}, key=key).status_code == 201
    line = OrderLine.objects.latest("pk")
    assert (line.commission_minor > 0) == (line.clip is not None)
    return line.clip


def test_click_counts_for_seven_days(as_shopper: Client, clip: Clip) -> None:
    click(as_shopper, clip, ago=timedelta(days=7, minutes=1))
    assert earning_clip(as_shopper) is None
    click(as_shopper, clip, ago=timedelta(days=6, hours=23, minutes=59))
    assert earning_clip(as_shopper, key="key-0002") == clip


def test_attribution_window_is_a_setting(as_shopper: Client, clip: Clip, settings: Any) -> None:
    settings.ATTRIBUTION_DAYS = 1
    click(as_shopper, clip, ago=timedelta(days=1, minutes=1))
    assert earning_clip(as_shopper) is None


def test_last_click_counts(as_shopper: Client, clip: Clip, mug: Product) -> None:
    other = make_published_clip(make_creator("nour"), products=[mug, make_product()])
    click(as_shopper, clip, ago=timedelta(hours=1))
    click(as_shopper, other, ago=timedelta(hours=2))
    assert earning_clip(as_shopper) == clip
    click(as_shopper, other)
    assert earning_clip(as_shopper, key="key-0002") == other


def test_click_of_another_shopper_does_not_count(as_shopper: Client, as_stranger: Client, clip: Clip) -> None:
    click(as_stranger, clip)
    assert earning_clip(as_shopper) is None


@pytest.mark.parametrize("is_category_credited", [True, False])
def test_other_product_of_the_category_earns_if_the_terms_say_so(
    as_shopper: Client, is_category_credited: bool
) -> None:
    kitchen, garden = make_category("kitchen"), make_category("garden")
    cup = make_product("cup", category=kitchen)
    make_product("pan", category=kitchen)
    make_product("rake", category=garden)
    enrolment = make_enrolment(campaign=make_campaign(is_category_credited=is_category_credited))
    clip = make_published_clip(enrolment=enrolment, products=[cup, make_product(category=kitchen)])
    click(as_shopper, clip, "cup")
    assert earning_clip(as_shopper, "pan") == (clip if is_category_credited else None)
    assert earning_clip(as_shopper, "rake", key="key-0002") is None


def test_click_on_the_product_beats_a_later_one_on_its_category(as_shopper: Client, clip: Clip, mug: Product) -> None:
    enrolment = make_enrolment(campaign=make_campaign(is_category_credited=True))
    pan = make_product("pan", category=mug.category)
    broad = make_published_clip(enrolment=enrolment, products=[pan, make_product()])
    click(as_shopper, clip, ago=timedelta(hours=1))
    click(as_shopper, broad, "pan")
    assert earning_clip(as_shopper) == clip


def test_line_earns_once_after_clicks_on_several_clips(as_shopper: Client, clip: Clip, mug: Product) -> None:
    other = make_published_clip(make_creator("nour"), products=[mug, make_product()])
    for clicked in (clip, other, clip):
        click(as_shopper, clicked)
    assert earning_clip(as_shopper) == clip
    OrderLine.objects.update(payable_at=timezone.now() - timedelta(seconds=1))
    for _index in range(3):
        tally(now=timezone.now())
    line = OrderLine.objects.get()
    assert list(line.postings.values_list("creator", "gross_minor")) == [(clip.creator_id, line.commission_minor)]


def test_repeated_click_with_one_token_moves_its_time_and_counts_once(as_shopper: Client, clip: Clip) -> None:
    body = {"product": "mug", "seen": token_of(clip, as_shopper)}
    for _time in range(5):
        assert as_shopper.post("/api/v1/clicks/", body, content_type="application/json").status_code == 204
        Click.objects.update(clicked_at=timezone.now() - timedelta(hours=1))
    as_shopper.post("/api/v1/clicks/", body, content_type="application/json")
    assert Click.objects.get().clicked_at > timezone.now() - timedelta(minutes=1)
    assert earning_clip(as_shopper) == clip
    as_shopper.post("/api/v1/clicks/", body, content_type="application/json")
    assert OrderLine.objects.get().click != Click.objects.latest("pk")
    assert Click.objects.count() == 2
