"""After a shop-wide price change, a moderator confirms the affected clips together."""

import re

import pytest
from django.db.models import F
from django.test import Client

from accounts.models import User
from catalog.models import Product
from tests.conftest import client_of
from tests.factories import NOW, make_creator, make_product, make_published_clip
from videos.models import AuditEntry, Clip, Decision, Flag, FlagKind, ProductTag
from videos.review.drift import flag_drift
from videos.review.flags import raise_flag

pytestmark = pytest.mark.django_db
PAGE = "/admin/videos/clip/desk/drift/"
CONFIRM = f"{PAGE}confirm/"


def read_seen(client: Client) -> list[str]:
    """Return what the page's forms say that the moderator saw: first that for all changes, then one per product."""
    return re.findall(r'name="seen" value="(\w+)"', client.get(PAGE).content.decode())


@pytest.fixture
def drifted() -> list[Clip]:
    """Three clips of two products, both of which now cost half as much again."""
    products = [make_product("lamp", price_minor=2000), make_product("mug", price_minor=1000)]
    clips = [make_published_clip(products=products) for _ in range(3)]
    Product.objects.update(price_minor=F("price_minor") * 3 / 2)
    flag_drift(now=NOW)
    return clips


def unsettled() -> int:
    return Flag.objects.open().filter(kind=FlagKind.DRIFT).count()


def test_all_affected_clips_are_confirmed_together(as_moderator: Client, drifted: list[Clip]) -> None:
    page = as_moderator.get(PAGE).content.decode()
    assert "approved at $20.00, now $30.00" in page
    assert "Confirm 2 products in 3 clips." in " ".join(page.split())
    response = as_moderator.post(CONFIRM, {"seen": read_seen(as_moderator)[0], "all": "on"}, follow=True)
    assert "3 clips confirmed." in response.content.decode()
    assert "No price or name has changed" in response.content.decode()
    assert set(ProductTag.objects.values_list("approved_price_minor", flat=True)) == {3000, 1500}
    assert not Clip.objects.exclude(drifted_at=None).exists()
    assert unsettled() == 0
    assert AuditEntry.objects.filter(action="confirmed").count() == 3
    assert Decision.objects.count() == 3  # the approvals: creators get no further email
    assert flag_drift(now=NOW) == 0


def test_confirming_one_product_leaves_clips_that_drift_otherwise(as_moderator: Client, drifted: list[Clip]) -> None:
    lamp = Product.objects.get(slug="lamp")
    page = as_moderator.post(CONFIRM, {"product": lamp.pk}).content.decode()
    assert "approved at $20.00, now $30.00" in page and "This can't be undone." in page
    assert unsettled() == 3 and not ProductTag.objects.filter(approved_price_minor=3000).exists()
    seen = re.findall(r'name="seen" value="(\w+)"', page)[0]
    as_moderator.post(CONFIRM, {"seen": seen, "product": lamp.pk, "confirmed": "yes"})
    assert ProductTag.objects.filter(product=lamp, approved_price_minor=3000).count() == 3
    assert not ProductTag.objects.filter(approved_price_minor=1500).exists()
    assert unsettled() == 3


def test_a_price_that_changed_after_the_page_was_opened_is_not_confirmed(
    as_moderator: Client, drifted: list[Clip]
) -> None:
    seen = read_seen(as_moderator)[0]
    Product.objects.filter(slug="mug").update(price_minor=9900)
    response = as_moderator.post(CONFIRM, {"seen": seen, "all": "on"}, follow=True)
    assert "have changed since you opened this page" in response.content.decode()
    assert set(ProductTag.objects.values_list("approved_price_minor", flat=True)) == {2000, 1000}
    assert (unsettled(), AuditEntry.objects.filter(action="confirmed").count()) == (3, 0)


def test_nothing_is_confirmed_without_the_box(as_moderator: Client, drifted: list[Clip]) -> None:
    response = as_moderator.post(CONFIRM, {"seen": read_seen(as_moderator)[0]}, follow=True)
    assert "Tick the box" in response.content.decode()
    assert unsettled() == 3


def test_a_report_stays_open_when_the_price_is_confirmed(as_moderator: Client, drifted: list[Clip]) -> None:
    raise_flag(clip_id=drifted[0].pk, kind=FlagKind.REPORTS, now=NOW)
    as_moderator.post(CONFIRM, {"seen": read_seen(as_moderator)[0], "all": "on"})
    assert list(Flag.objects.open().values_list("clip", "kind")) == [(drifted[0].pk, "reports")]


def test_moderators_do_not_confirm_their_own_clips(as_moderator: Client, moderator: User, drifted: list[Clip]) -> None:
    own = make_published_clip(make_creator(user=moderator), products=list(Product.objects.all()))
    Product.objects.update(price_minor=F("price_minor") * 2)
    flag_drift(now=NOW)
    as_moderator.post(CONFIRM, {"seen": read_seen(as_moderator)[0], "all": "on"})
    assert list(Clip.objects.exclude(drifted_at=None)) == [own]
    assert own.tags.first().approved_price_minor != Product.objects.get(slug="lamp").price_minor  # type: ignore[union-attr]


def test_strangers_and_shoppers_get_nowhere(as_shopper: Client, drifted: list[Clip], merchant: User) -> None:
    assert as_shopper.get(PAGE).status_code == 302
    assert client_of(merchant).get(PAGE).status_code == 403
    assert client_of(merchant).post(CONFIRM, {"all": "on"}).status_code == 403
    assert unsettled() == 3


def test_the_queue_counts_and_links_to_price_changes(as_moderator: Client, drifted: list[Clip]) -> None:
    page = as_moderator.get("/admin/videos/clip/desk/").content.decode()
    assert f'<a href="{PAGE}">Price changes <b>3</b></a>' in page
