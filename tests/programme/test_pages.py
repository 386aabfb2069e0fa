"""Pages, files and API of analytics: what a creator and a merchant see, and what they do not."""

import csv
from datetime import timedelta
from io import StringIO

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from catalog.models import HOUSE_ID, MerchantRole
from creators.models import Creator
from feed.models import EventKind
from programme.models import AudienceCount, Measure, SalesCount
from tests.conftest import client_of
from tests.factories import make_creator, make_member, make_merchant, make_product, make_published_clip
from tests.programme.audience import DAY, act, count_until, make_viewers, moment
from videos.models import Clip

pytestmark = pytest.mark.django_db
LAST = DAY + timedelta(days=2)
DATES = {"from": str(DAY), "to": str(LAST)}


@pytest.fixture
def clip(creator: Creator) -> Clip:
    clip = make_published_clip(creator, now=moment(DAY), caption="=Two mugs, compared")
    viewers = make_viewers(8)
    act(clip, viewers)
    act(clip, viewers[:4], kind=EventKind.LIKE)
    act(clip, viewers, kind=EventKind.WATCH, value=4100)
    act(clip, make_viewers(6), LAST)
    count_until(LAST)
    return clip


@pytest.fixture
def as_owner(creator: Creator) -> Client:
    assert creator.user is not None
    return client_of(creator.user)


def test_page_shows_the_numbers_of_a_period_by_day_and_by_post(as_owner: Client, clip: Clip) -> None:
    page = as_owner.get("/studio/analytics/", DATES).content.decode()
    assert '<span class="analytics__number">14</span>' in page
    assert page.count('<td class="number">8</td>') == page.count('<td class="number">6</td>') == 1
    assert f"/studio/clips/{clip.code}/analytics/" in page
    assert "fewer than five people" in page  # the likes


def test_number_before_the_period_is_compared(as_owner: Client, clip: Clip) -> None:
    days = {"from": str(LAST), "to": str(LAST)}
    assert "%</span>" not in as_owner.get("/studio/analytics/", days).content.decode()
    AudienceCount.objects.create(clip=clip, on=LAST - timedelta(days=1), measure=Measure.VIEWS, people=5)
    assert "+20%</span>" in as_owner.get("/studio/analytics/", days).content.decode()


def test_page_of_a_post_shows_how_far_people_watched(as_owner: Client, clip: Clip) -> None:
    page = as_owner.get(f"/studio/clips/{clip.code}/analytics/", DATES).content.decode()
    assert "Table: how far people watched" in page
    points = as_owner.get(f"/api/v1/clips/{clip.code}/analytics/", DATES).json()["retention"]
    assert [point["people"] for point in points] == [8] * 11 + [0] * 9
    assert points[10] == {"percent": 50, "people": 8, "share_percent": 100}


def test_measure_can_be_chosen_without_javascript(as_owner: Client, clip: Clip) -> None:
    page = as_owner.get("/studio/analytics/", {**DATES, "measure": "likes"}).content.decode()
    assert "Fewer than five people in this period." in page
    assert as_owner.get("/studio/analytics/", {**DATES, "measure": "nonsense"}).status_code == 200


@pytest.mark.parametrize(
    "query",
    [
        {"days": "3"},
        {"days": "x" * 40},
        {"from": "2026-11-02"},
        {"from": "2026-11-02", "to": "2026-11-01"},
        {"from": "2020-01-01", "to": "2026-11-01"},
        {"from": "2026-13-01", "to": "2026-11-01"},
    ],
)
def test_a_wrong_period_is_refused_with_a_sentence(as_owner: Client, clip: Clip, query: dict[str, str]) -> None:
    page = as_owner.get("/studio/analytics/", query)
    assert page.status_code == 200
    assert "at most one year apart" in page.content.decode()
    assert as_owner.get("/api/v1/analytics/", query).status_code == 400


def test_api_answers_as_the_page(as_owner: Client, clip: Clip) -> None:
    answer = as_owner.get("/api/v1/analytics/", DATES).json()
    assert (answer["totals"]["views"], answer["totals"]["likes"]) == (14, None)
    assert [(day["day"], day["views"]) for day in answer["days"]] == [(str(DAY), 8), (str(LAST), 6)]
    assert answer["counted_until"] == str(LAST)
    assert answer["previous"]["views"] is None


def test_file_has_the_same_numbers_and_no_formula(as_owner: Client, clip: Clip) -> None:
    response = as_owner.get("/studio/analytics/days.csv", DATES)
    rows = list(csv.DictReader(StringIO(response.content.decode("utf-8-sig"))))
    assert [(row["date"], row["post"], row["views"], row["likes"]) for row in rows] == [
        (str(DAY), clip.code, "8", ""),
        (str(LAST), clip.code, "6", ""),
    ]
    assert rows[0]["caption"].startswith("'=")
    assert as_owner.get(f"/studio/clips/{clip.code}/analytics/days.csv", DATES).content == response.content


def test_others_see_nothing_of_a_post(clip: Clip, as_stranger: Client) -> None:
    rival = make_creator("rival")
    assert rival.user is not None
    as_rival = client_of(rival.user)
    for path in ("analytics/", "analytics/days.csv"):
        assert as_rival.get(f"/studio/clips/{clip.code}/{path}", DATES).status_code == 404
    assert as_rival.get(f"/api/v1/clips/{clip.code}/analytics/", DATES).status_code == 404
    assert as_rival.get("/api/v1/analytics/", DATES).json()["totals"]["views"] is None
    assert clip.code not in as_rival.get("/studio/analytics/", DATES).content.decode()


def test_number_of_queries_does_not_depend_on_the_posts(as_owner: Client, clip: Clip, creator: Creator) -> None:
    def count_queries() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert as_owner.get("/studio/analytics/", {"days": "365"}).status_code == 200
        return len(queries)

    few = count_queries()
    clips = [make_published_clip(creator, now=moment(DAY)) for _index in range(4)]
    AudienceCount.objects.bulk_create(
        AudienceCount(clip=other, on=DAY + timedelta(days=number), measure=Measure.VIEWS, people=5)
        for other in clips
        for number in range(-9, 0)
    )
    assert count_queries() == few <= 15


def test_a_merchant_sees_posts_with_its_products_and_orders_of_its_own_lines(creator: Creator) -> None:
    oak = make_merchant("oak")
    make_merchant("reed")
    clip = make_published_clip(creator, products=[make_product("stool", merchant=oak), make_product()], now=moment(DAY))
    other = make_published_clip(creator, products=[make_product(), make_product()], now=moment(DAY))
    for post in (clip, other):
        act(post, make_viewers(7))
    values = {"clip": clip, "on": DAY, "people": 5, "currency": "USD", "commission_minor": 100}
    SalesCount.objects.create(**values, merchant=oak, orders=5, sold_minor=30_000)
    SalesCount.objects.create(**values, merchant_id=HOUSE_ID, orders=6, sold_minor=9_000)
    count_until(DAY)
    member = client_of(make_member(oak, MerchantRole.MANAGER))
    dates = {"from": str(DAY), "to": str(DAY)}
    totals = member.get("/api/v1/merchants/oak/analytics/", dates).json()["totals"]
    assert (totals["views"], totals["orders"], totals["sold_minor"], totals["earned_minor"]) == (7, 5, 30_000, None)
    page = member.get("/merchant/analytics/", dates).content.decode()
    assert clip.code in page and other.code not in page
    assert member.get(f"/merchant/analytics/{clip.code}/", dates).status_code == 200
    assert member.get(f"/merchant/analytics/{other.code}/", dates).status_code == 404
    assert member.get("/merchant/analytics/days.csv", dates).content.decode().count("\n") == 2
    assert member.get("/api/v1/merchants/reed/analytics/", dates).status_code == 404
    packer = client_of(make_member(oak, MerchantRole.PACKER))
    assert packer.get("/merchant/analytics/", dates).status_code == 403
    assert creator.user is not None
    totals = client_of(creator.user).get("/api/v1/analytics/", dates).json()["totals"]
    assert (totals["views"], totals["orders"], totals["sold_minor"], totals["earned_minor"]) == (14, 11, None, 200)


def test_a_post_that_was_taken_down_leaves_the_merchants_pages(creator: Creator) -> None:
    oak = make_merchant("oak")
    clip = make_published_clip(creator, products=[make_product("stool", merchant=oak), make_product()], now=moment(DAY))
    Clip.objects.filter(pk=clip.pk).update(is_hidden=True)
    assert client_of(make_member(oak)).get(f"/merchant/analytics/{clip.code}/").status_code == 404
