"""People write, change and delete their ratings; what others see follows in the next answer."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from catalog.models import Product
from feedsite.serving.body_policies import PAGE_BYTES
from social.models import Rating, RatingState
from social.ratings.forms import MAX_TOTAL_BYTES
from tests.conftest import client_of
from tests.factories import make_category, make_merchant, make_product
from tests.factories import make_member as make_seller
from tests.social.ratings.conftest import WORDS, make_member, rate, read_counts

pytestmark = pytest.mark.django_db
PAGE = "/p/mug/rating/"


def test_rating_from_the_page_is_shown_with_its_average(as_member: Client, mug: Product, client: Client) -> None:
    response = as_member.post(PAGE, WORDS, follow=True)
    assert "Thank you! Your rating is on the page." in response.content.decode()
    page = client.get("/p/mug/").content.decode()
    assert "It pours well, but the handle gets hot." in page
    assert "4.0 of 5 stars, 1 rating" in " ".join(page.split())
    assert client.get("/api/v1/products/mug/").json()["rating_average"] == 4.0
    assert client.get("/api/v1/products/").json()["results"][0]["rating_count"] == 1
    assert "4.0" in client.get("/search/?q=mug").content.decode()


def test_visitors_are_sent_to_sign_in(client: Client, mug: Product) -> None:
    assert client.post(PAGE, WORDS).headers["Location"].startswith("/accounts/login/?next=/p/mug/rating/")
    assert client.post("/api/v1/products/mug/ratings/", WORDS).status_code == 403
    assert not Rating.objects.exists()


def test_rating_needs_a_confirmed_address(as_shopper: Client, mug: Product) -> None:
    response = as_shopper.post(PAGE, WORDS)
    assert response.status_code == 422
    assert "Confirm your email address before you rate products." in response.content.decode()
    response = as_shopper.post("/api/v1/products/mug/ratings/", WORDS, content_type="application/json")
    assert (response.status_code, response.json()["detail"]) == (
        422,
        "Confirm your email address before you rate products.",
    )
    assert not Rating.objects.exists()


def test_second_tab_edits_the_only_rating(as_member: Client, mug: Product, member: User) -> None:
    as_member.post(PAGE, WORDS)
    as_member.post(PAGE, WORDS | {"stars": 2, "words": "The handle came off."})
    rating = Rating.objects.get()
    assert (rating.stars, rating.words, rating.revision, rating.is_edited) == (2, "The handle came off.", 2, True)
    assert read_counts(mug) == (2, 1)
    response = as_member.post("/api/v1/products/mug/ratings/", WORDS, content_type="application/json")
    assert (response.status_code, response.json()["detail"]) == (
        409,
        "You have already rated this product. Change your rating instead.",
    )
    assert read_counts(mug) == (2, 1)


def test_repeated_key_rates_once(as_member: Client, mug: Product) -> None:
    def send(body: dict[str, Any]) -> Any:
        return as_member.post(
            "/api/v1/products/mug/ratings/",
            body,
            content_type="application/json",
            headers={"Idempotency-Key": "rating-1"},
        )

    assert send(WORDS).status_code == 201
    assert send(WORDS).status_code == 201
    assert send(WORDS | {"stars": 1}).status_code == 422
    assert read_counts(mug) == (4, 1)


def test_api_changes_and_deletes_own_rating_only(mug: Product, member: User, as_member: Client) -> None:
    rating = rate(mug, member)
    url = f"/api/v1/ratings/{rating.pk}/"
    stranger = client_of(make_member())
    assert stranger.patch(url, {"stars": 1}, content_type="application/json").status_code == 404
    assert stranger.delete(url).status_code == 404
    assert read_counts(mug) == (4, 1)
    answer = as_member.patch(url, {"stars": 5}, content_type="application/json").json()
    assert (answer["rating"]["stars"], answer["rating"]["words"]) == (5, WORDS["words"])
    assert read_counts(mug) == (5, 1)
    assert as_member.delete(url).status_code == 204
    assert read_counts(mug) == (0, 0)


def test_page_deletes_own_rating(mug: Product, member: User, as_member: Client) -> None:
    rate(mug, member)
    rate(mug, stars=2)
    response = as_member.post("/p/mug/rating/delete/", follow=True)
    assert "Your rating has been deleted." in response.content.decode()
    assert read_counts(mug) == (2, 1)
    assert as_member.get("/p/mug/rating/delete/").status_code == 405


@pytest.mark.parametrize(
    "wrong",
    [{"stars": 0}, {"stars": 6}, {"stars": ""}, {"stars": 2.5}, {"author_name": ""}, {"author_name": "Administrator"}],
)
def test_wrong_fields_are_refused_at_the_field(wrong: dict[str, Any], as_member: Client, mug: Product) -> None:
    field = next(iter(wrong))
    page = as_member.post(PAGE, WORDS | wrong)
    assert page.status_code == 422 and field in page.context["form"].errors
    assert WORDS["words"] in page.content.decode()
    answer = as_member.post("/api/v1/products/mug/ratings/", WORDS | wrong, content_type="application/json")
    assert answer.status_code == 400 and field in answer.json()
    assert not Rating.objects.exists()


def test_words_lose_characters_that_nobody_sees(mug: Product) -> None:
    rating = rate(mug, words="Good\u202e mug\u200b\n\n\n\n\x07Second line  ")
    assert rating.words == "Good mug\n\nSecond line"


def test_adult_products_are_rated_by_adults_only(as_member: Client) -> None:
    make_product("whisky", category=make_category("spirits", is_age_restricted=True))
    assert as_member.get("/p/whisky/rating/").status_code == 404
    assert as_member.post("/api/v1/products/whisky/ratings/", WORDS, content_type="application/json").status_code == 404
    assert not Rating.objects.exists()


def test_too_many_writes_are_answered_with_a_sentence(
    as_member: Client, mug: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rest_framework.throttling.ScopedRateThrottle.allow_request", lambda *_args: False)
    monkeypatch.setattr("rest_framework.throttling.ScopedRateThrottle.wait", lambda *_args: 30)
    response = as_member.post(PAGE, WORDS)
    assert response.status_code == 429
    assert "You tried too often. Wait a minute, and try again." in response.content.decode()
    assert WORDS["words"] in response.content.decode()
    assert as_member.post("/api/v1/products/mug/ratings/", WORDS).status_code == 429
    assert not Rating.objects.exists()


def test_first_state_is_visible_only_for_those_who_need_no_look(mug: Product, member: User) -> None:
    assert rate(mug, member).state == RatingState.VISIBLE


def test_own_rating_of_a_product_off_sale_can_be_deleted_but_not_changed(
    mug: Product, member: User, as_member: Client
) -> None:
    url = f"/api/v1/ratings/{rate(mug, member).pk}/"
    Product.objects.update(is_active=False)
    assert as_member.patch(url, {"stars": 1}, content_type="application/json").status_code == 404
    assert Rating.objects.get().stars == WORDS["stars"]
    assert as_member.delete(url).status_code == 204
    assert not Rating.objects.exists()


def test_reply_to_an_earlier_version_says_so(mug: Product, member: User, client: Client) -> None:
    rating = rate(mug, member)
    Rating.objects.update(reply_words="Thank you!", replied_at=rating.changed_at)
    sentence = "The rating was changed after this reply."
    assert sentence not in client.get("/p/mug/").content.decode()
    as_author = client_of(member)
    as_author.patch(f"/api/v1/ratings/{rating.pk}/", {"stars": 1}, content_type="application/json")
    assert sentence in client.get("/p/mug/").content.decode()


def test_form_knows_how_large_its_pictures_may_be_together(as_member: Client, mug: Product) -> None:
    assert MAX_TOTAL_BYTES < PAGE_BYTES
    page = as_member.get(PAGE).content.decode()
    assert f'data-picture-sizes="{MAX_TOTAL_BYTES}"' in page
    assert "These pictures are larger than 31 MB together." in page


def test_who_acts_for_the_seller_neither_rates_nor_votes(as_member: Client, member: User) -> None:
    lamp = make_product("lamp", merchant=make_merchant("lamps"))
    rating = rate(lamp, make_member("other@example.com"))
    make_seller(lamp.merchant, user=member)
    response = as_member.post("/api/v1/products/lamp/ratings/", WORDS, content_type="application/json")
    assert (response.status_code, response.json()["detail"]) == (
        422,
        "You act for the seller of this product, so you can't rate it.",
    )
    assert as_member.post("/p/lamp/rating/", WORDS).status_code == 422
    assert as_member.put(f"/api/v1/ratings/{rating.pk}/helpful/").status_code >= 400
    assert (Rating.objects.get(), rating.votes.count()) == (rating, 0)
