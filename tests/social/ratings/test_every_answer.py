"""Average and count are right in the next answer everywhere, whatever happens to a rating."""

import re

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from accounts.staff import deactivate_user
from catalog.models import Product
from social.models import Rating, RatingState, Report
from tests.conftest import client_of
from tests.factories import make_product, make_user
from tests.feed.watching import make_watchable_clip, read_feed
from tests.social.ratings.conftest import WORDS, make_member, rate
from tests.social.ratings.test_listing import structured_data
from tests.social.ratings.test_moderation import decide
from tests.social.ratings.test_people import buy_mugs, refund

pytestmark = pytest.mark.django_db
type Stars = tuple[float | None, int]


def read_everywhere(client: Client) -> Stars:
    """Return the average and count of the mug, which must be the same in every answer."""
    product = client.get("/api/v1/products/mug/").json()
    listed = client.get("/api/v1/products/mug/ratings/").json()
    (clip,) = read_feed(client)["clips"]
    card = next(tag["product"] for tag in clip["tags"] if tag["product"]["slug"] == "mug")
    rated = structured_data(client).get("aggregateRating", {"ratingValue": None, "ratingCount": 0})
    answers = {
        (product["rating_average"], product["rating_count"]),
        (listed["average"], listed["count"]),
        (card["rating_average"], card["rating_count"]),
        (rated["ratingValue"], rated["ratingCount"]),
    }
    assert len(listed["ratings"]) == listed["count"]
    for address in ("/p/mug/", "/search/?q=mug"):
        page = " ".join(client.get(address).content.decode().split())
        answers |= {
            (float(stars), int(count)) for stars, count in re.findall(r"([\d.]+) of 5 stars, (\d+) rating", page)
        }
        if " of 5 stars" not in page:
            answers.add((None, 0))
    (only,) = answers
    return only


def test_every_answer_agrees_after_every_change(
    mug: Product, member: User, as_member: Client, as_rating_moderator: Client, client: Client
) -> None:
    make_watchable_clip(None, None, [mug, make_product("lamp")])
    assert read_everywhere(client) == (None, 0)
    as_member.post("/p/mug/rating/", WORDS | {"stars": 5})
    as_member.post("/p/mug/rating/", WORDS | {"stars": 3})  # from a second tab
    assert read_everywhere(client) == (3.0, 1)
    other = make_member()
    rate(mug, other, stars=4)
    assert read_everywhere(client) == (3.5, 2)
    refund(buy_mugs(member), 1)
    assert read_everywhere(client) == (3.5, 2)
    rating = Rating.objects.get(user=member)
    client_of(other).post(f"/report/rating/{rating.pk}/", {"reason": "hateful"})
    assert read_everywhere(client) == (3.5, 2)
    body = {"answer": "removed", "words": "", "last_report_id": Report.objects.get().pk}
    as_rating_moderator.post(f"/admin/social/report/desk/rating/{rating.pk}/decide/", body)
    assert read_everywhere(client) == (4.0, 1)
    as_member.post("/p/mug/rating/", WORDS | {"stars": 1})
    assert read_everywhere(client) == (4.0, 1)
    rating.refresh_from_db()
    decide(as_rating_moderator, rating, RatingState.VISIBLE)
    assert read_everywhere(client) == (2.5, 2)
    root = make_user("root@example.com", is_staff=True, is_superuser=True, last_login=timezone.now())
    deactivate_user(user=other, reason="Spam", by=root)
    assert read_everywhere(client) == (1.0, 1)
    as_member.post("/p/mug/rating/delete/")
    assert read_everywhere(client) == (None, 0)
