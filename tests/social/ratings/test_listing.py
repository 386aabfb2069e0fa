"""The list of a product's ratings: sorting, filters, pages, votes, and what search engines read."""

import json
import re
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.models import User
from catalog.models import Product
from social.models import HelpfulVote, Rating
from tests.conftest import client_of
from tests.factories import make_product
from tests.feed.watching import make_watchable_clip, read_feed
from tests.social.ratings.conftest import make_member, rate, read_counts

pytestmark = pytest.mark.django_db
API = "/api/v1/products/mug/ratings/"


def structured_data(client: Client) -> Any:
    page = client.get("/p/mug/").content.decode()
    return json.loads(re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)[0])


def vote(rating: Rating, *users: User) -> None:
    for user in users:
        assert client_of(user).post(f"/api/v1/ratings/{rating.pk}/helpful/").status_code == 204


def stars_of(client: Client, query: str) -> list[int]:
    return [row["stars"] for row in client.get(API + query).json()["ratings"]]


def test_no_rating_no_stars_anywhere(mug: Product, client: Client) -> None:
    page = client.get("/p/mug/").content.decode()
    assert "Nobody has rated this product yet." in page
    assert "aggregateRating" not in page
    assert client.get("/api/v1/products/mug/").json()["rating_average"] is None
    body = client.get(API).json()
    assert (body["average"], body["count"], body["ratings"], body["cursor"]) == (None, 0, [], "")


def test_average_is_rounded_to_one_decimal_everywhere(mug: Product, client: Client) -> None:
    for stars in (5, 5, 4):
        rate(mug, stars=stars)
    assert structured_data(client)["aggregateRating"] == {
        "@type": "AggregateRating",
        "ratingValue": 4.7,
        "ratingCount": 3,
    }
    body = client.get(API).json()
    assert (body["average"], body["count_by_stars"]) == (4.7, {"5": 2, "4": 1, "3": 0, "2": 0, "1": 0})


def test_last_rating_that_goes_takes_the_structured_data_along(mug: Product, client: Client, as_member: Client) -> None:
    rate(mug, User.objects.get(email="member@example.com"))
    assert "aggregateRating" in structured_data(client)
    as_member.post("/p/mug/rating/delete/")
    assert "aggregateRating" not in structured_data(client)


def test_lists_are_sorted_and_filtered(mug: Product, client: Client) -> None:
    ratings = [rate(mug, stars=stars) for stars in (3, 5, 1, 5)]
    vote(ratings[0], make_member(), make_member())
    vote(ratings[3], make_member())
    assert stars_of(client, "") == [3, 5, 1, 5]
    assert stars_of(client, "?sort=newest") == [5, 1, 5, 3]
    assert stars_of(client, "?sort=critical") == [1, 3, 5, 5]
    assert stars_of(client, "?sort=critical&stars=5") == [5, 5]
    page = client.get("/p/mug/?stars=1").content.decode()
    assert len(re.findall(r'id="rating-\d+"', page)) == 1


@pytest.mark.parametrize("sort", ["helpful", "newest", "critical"])
def test_pages_of_a_list_have_each_rating_once(sort: str, mug: Product, client: Client) -> None:
    ratings = [rate(mug, stars=1 + number % 5) for number in range(7)]
    vote(ratings[2], make_member())
    ids, cursor = [], ""
    while True:
        body = client.get(f"{API}?sort={sort}&limit=3&cursor={cursor}").json()
        ids += [row["id"] for row in body["ratings"]]
        cursor = body["cursor"]
        if not cursor:
            break
    assert sorted(ids) == [rating.pk for rating in ratings]


@pytest.mark.parametrize("cursor", ["x", "1.2.3.4", "-1.2", "٣.٤", "99999999999.1"])
def test_foreign_cursor_is_no_server_error(cursor: str, mug: Product, client: Client) -> None:
    rate(mug)
    assert client.get(API, {"cursor": cursor}).status_code == 404
    assert "rating-" in client.get("/p/mug/", {"after": cursor, "rating": cursor}).content.decode()


def test_vote_counts_once_and_can_be_taken_back(mug: Product, member: User, as_shopper: Client) -> None:
    rating = rate(mug, member)
    for _time in range(2):
        response = as_shopper.post(f"/ratings/{rating.pk}/helpful/", {"helpful": "yes"}, follow=True)
    assert "Helped you" in response.content.decode() and "Helped 1 person" in response.content.decode()
    assert as_shopper.get(API).json()["ratings"][0]["is_helpful"] is True
    rating.refresh_from_db()
    assert rating.helpful_count == 1
    for _time in range(2):
        assert as_shopper.delete(f"/api/v1/ratings/{rating.pk}/helpful/").status_code == 204
    rating.refresh_from_db()
    assert rating.helpful_count == 0


def test_own_rating_gets_no_own_vote(mug: Product, member: User, as_member: Client, client: Client) -> None:
    rating = rate(mug, member)
    response = as_member.post(f"/api/v1/ratings/{rating.pk}/helpful/")
    assert (response.status_code, response.json()["detail"]) == (409, "You can't vote for your own rating.")
    page = as_member.post(f"/ratings/{rating.pk}/helpful/", {"helpful": "yes"}, follow=True)
    assert "You can&#x27;t vote for your own rating." in page.content.decode()
    assert client.post(f"/api/v1/ratings/{rating.pk}/helpful/").status_code == 403
    assert client.post(f"/ratings/{rating.pk}/helpful/", {"helpful": "yes"}).status_code == 302
    assert not HelpfulVote.objects.exists()


def test_number_of_queries_does_not_grow(mug: Product, client: Client, django_assert_max_num_queries: Any) -> None:
    rate(mug)
    with django_assert_max_num_queries(16):
        client.get("/p/mug/")
    for _number in range(5):
        rate(mug)
    with django_assert_max_num_queries(16):
        assert client.get("/p/mug/").content.decode().count('class="card stack rating"') == 6
    with django_assert_max_num_queries(5):
        client.get(API)


def test_cards_of_the_feed_show_the_stars_of_now(client: Client, mug: Product, member: User, as_member: Client) -> None:
    make_watchable_clip(None, None, [mug, make_product("lamp")])

    def stars_on_card() -> tuple[float | None, int]:
        (clip,) = read_feed(client)["clips"]
        product = clip["tags"][0]["product"]
        return product["rating_average"], product["rating_count"]

    assert stars_on_card() == (None, 0)
    rate(mug, member, stars=5)
    assert stars_on_card() == (5.0, 1)
    as_member.post("/p/mug/rating/", {"stars": 2, "author_name": "Ann"})
    assert stars_on_card() == (2.0, 1)
    as_member.post("/p/mug/rating/delete/")
    assert stars_on_card() == (None, 0)


def test_command_finds_what_does_not_add_up(mug: Product, capsys: pytest.CaptureFixture[str]) -> None:
    rating = rate(mug)
    call_command("verify_ratings")
    assert "no discrepancies" in capsys.readouterr().out
    Product.objects.update(rating_sum=5)
    Rating.objects.filter(pk=rating.pk).update(helpful_count=3)
    with pytest.raises(CommandError, match=r"2 discrepancies\."):
        call_command("verify_ratings")
    out = capsys.readouterr().out
    assert "mug: 1 ratings with 5 stars are noted, 1 with 4 stars are there." in out
    assert f"Rating {rating.pk}: 3 votes are noted, 0 are there." in out
    assert read_counts(mug) == (5, 1)
