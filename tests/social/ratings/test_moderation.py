"""What waits for a moderator, decisions on it, and what the author hears."""

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.core import mail
from django.test import Client
from django.utils.html import escape

from accounts.models import User
from catalog.models import Product
from social.models import HoldReason, Rating, RatingState, Report
from tests.conftest import client_of, make_staff
from tests.social.ratings.conftest import WORDS, make_member, rate, read_counts

pytestmark = pytest.mark.django_db
DESK = "/admin/social/rating/desk/"


RULE = "Don't claim that a product cures, treats or prevents an illness."


def decide(client: Client, rating: Rating, answer: str, **fields: Any) -> Any:
    body = {"answer": answer, "words": "Against the rules", "revision": rating.revision} | fields
    return client.post(f"{DESK}{rating.pk}/decide/", body, follow=True)


def test_newcomers_rating_waits_and_is_seen_by_its_author_only(mug: Product, client: Client) -> None:
    newcomer = make_member(days_old=3)
    response = client_of(newcomer).post("/p/mug/rating/", WORDS, follow=True)
    assert "Your account is new, so a moderator looks at your rating first." in response.content.decode()
    assert "A moderator looks at your rating before others see it." in response.content.decode()
    rating = Rating.objects.get()
    assert (rating.state, rating.hold_reason) == (RatingState.HELD, HoldReason.NEWCOMER)
    assert read_counts(mug) == (0, 0)
    assert WORDS["words"] not in client.get("/p/mug/").content.decode()
    assert client.get("/api/v1/products/mug/ratings/").json()["ratings"] == []
    assert client.get(f"/report/rating/{rating.pk}/").status_code == 404


def test_rule_is_quoted_and_the_rating_waits(mug: Product, as_member: Client) -> None:
    answer = as_member.post(
        "/api/v1/products/mug/ratings/", WORDS | {"words": "It cures colds."}, content_type="application/json"
    ).json()
    assert answer["rating"]["state"] == "held"
    assert answer["notices"] == [
        "Thank you! A moderator looks at your rating first, because of its wording.",
        f"“cures”: {RULE}",
    ]
    as_member.post("/p/mug/rating/", WORDS)
    assert read_counts(mug) == (4, 1)


def test_moderator_makes_a_held_rating_visible(mug: Product, as_rating_moderator: Client, member: User) -> None:
    rating = rate(mug, member, words="It cures colds.")
    page = as_rating_moderator.get(DESK).content.decode()
    assert "It cures colds." in page and escape(RULE) in page and "data-case" in page
    response = decide(as_rating_moderator, rating, "visible")
    assert "No ratings wait for a decision." in response.content.decode()
    assert read_counts(mug) == (4, 1)
    assert mail.outbox[-1].to == ["member@example.com"]
    assert mail.outbox[-1].subject == "Your rating is visible now"
    assert LogEntry.objects.get().get_change_message()


def test_removed_rating_leaves_everywhere_and_its_author_may_change_it(
    mug: Product, as_rating_moderator: Client, member: User, client: Client
) -> None:
    rating = rate(mug, member)
    rate(mug, stars=2)
    ids = [str(rating.pk)]
    url = "/admin/social/rating/"
    action = {"action": "remove", "_selected_action": ids}
    question = as_rating_moderator.post(url, action)
    seen = question.context["question"].digest
    confirmed = action | {"confirmed": "yes", "seen": seen}
    assert as_rating_moderator.post(url, confirmed | {"reason": ""}).status_code == 422
    assert read_counts(mug) == (6, 2)
    as_rating_moderator.post(url, confirmed | {"reason": "Insults the shop"})
    assert read_counts(mug) == (2, 1)
    assert WORDS["words"] not in [
        row["words"] for row in client.get("/api/v1/products/mug/ratings/").json()["ratings"][1:]
    ]
    assert client.get("/api/v1/products/mug/").json()["rating_average"] == 2.0
    assert "Insults the shop" in mail.outbox[-1].body
    own = client_of(member)
    assert "Insults the shop" in own.get("/p/mug/").content.decode()
    own.post("/p/mug/rating/", WORDS | {"words": "Nicer now"})
    rating.refresh_from_db()
    assert (rating.state, rating.hold_reason, rating.removal_reason) == ("held", "after_removal", "")
    own.post("/p/mug/rating/", WORDS | {"words": "Nicer still"})
    assert read_counts(mug) == (2, 1)


def test_deleting_a_removed_rating_does_not_clear_the_way(
    mug: Product, as_rating_moderator: Client, member: User, as_member: Client
) -> None:
    rating = rate(mug, member)
    decide(as_rating_moderator, rating, "removed")
    as_member.post("/p/mug/rating/delete/")
    rating.refresh_from_db()
    assert (rating.words, rating.author_name, rating.state) == ("", "", "removed")
    assert as_member.get(f"/api/v1/ratings/{rating.pk}/").status_code in (404, 405)
    answer = as_member.post("/api/v1/products/mug/ratings/", WORDS, content_type="application/json")
    assert (answer.status_code, answer.json()["rating"]["state"]) == (201, "held")
    assert read_counts(mug) == (0, 0)


def test_decision_on_what_was_not_seen_is_refused(
    mug: Product, as_rating_moderator: Client, member: User, as_member: Client
) -> None:
    rating = rate(mug, member, words="It cures colds.")
    as_member.post("/p/mug/rating/", WORDS | {"words": "It cures everything."})
    response = decide(as_rating_moderator, rating, "visible")
    assert response.status_code == 422
    assert "This rating was changed meanwhile. Read it again." in response.content.decode()
    rating.refresh_from_db()
    assert decide(as_rating_moderator, rating, "removed", words="").status_code == 422
    assert Rating.objects.get().state == RatingState.HELD
    assert decide(as_rating_moderator, rating, "visible").status_code == 200
    response = decide(as_rating_moderator, rating, "visible")
    assert "Another moderator has decided on this rating already." in response.content.decode()


def test_nobody_decides_on_their_own_rating(mug: Product) -> None:
    moderator = make_staff("both@example.com", "social")
    rating = rate(mug, make_member("writer@example.com", days_old=3))
    Rating.objects.update(user=moderator)
    assert decide(client_of(moderator), rating, "visible").status_code == 422
    assert Rating.objects.get().state == RatingState.HELD


def test_staff_without_permission_get_403(mug: Product, as_moderator: Client, member: User) -> None:
    rating = rate(mug, member)
    assert as_moderator.get(DESK).status_code == 403
    assert decide(as_moderator, rating, "removed").status_code == 403
    assert as_moderator.post(f"/admin/social/rating/{rating.pk}/reply/", {"words": "No"}).status_code == 403
    assert read_counts(mug) == (4, 1)


def test_reported_rating_becomes_a_case_and_is_removed(
    mug: Product, as_rating_moderator: Client, member: User, as_shopper: Client
) -> None:
    rating = rate(mug, member)
    response = as_shopper.post(f"/report/rating/{rating.pk}/", {"reason": "hateful", "words": "Rude"})
    assert response.status_code == 302
    answer = as_shopper.post(
        f"/api/v1/ratings/{rating.pk}/report/", {"reason": "hateful"}, content_type="application/json"
    )
    assert answer.status_code == 202
    report = Report.objects.get()
    desk = "/admin/social/report/desk/"
    page = as_rating_moderator.get(f"{desk}?kind=rating").content.decode()
    assert WORDS["words"] in page and "Rude" in page
    body = {"answer": "removed", "words": "", "last_report_id": report.pk}
    as_rating_moderator.post(f"{desk}rating/{rating.pk}/decide/", body)
    report.refresh_from_db()
    assert (report.state, read_counts(mug)) == ("upheld", (0, 0))
    assert "Hateful or abusive" in mail.outbox[-1].body
    assert "Rating of Mug" in as_shopper.get("/reports/").content.decode()


def test_reply_is_shown_as_the_shops(mug: Product, member: User, client: Client) -> None:
    rating = rate(mug, member)
    merchant = client_of(make_staff("replies@example.com", "social"))
    url = f"/admin/social/rating/{rating.pk}/reply/"
    assert merchant.get(url).status_code == 200
    merchant.post(url, {"words": "The new handle stays cool.", "seen_words": ""})
    assert "The new handle stays cool." in client.get("/p/mug/").content.decode()
    assert client.get("/api/v1/products/mug/ratings/").json()["ratings"][0]["reply"]["words"].startswith("The new")
    response = merchant.post(url, {"words": "Other words", "seen_words": ""})
    assert response.status_code == 422
    assert "A colleague has changed the reply meanwhile. Read it again." in response.content.decode()
    assert Rating.objects.get().reply_words == "The new handle stays cool."
    merchant.post(url, {"words": "", "seen_words": "The new handle stays cool."})
    rating.refresh_from_db()
    assert (rating.reply_words, rating.replied_at, rating.replied_by) == ("", None, None)
