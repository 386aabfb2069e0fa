"""Ratings, edits, decisions and votes at the same moment: one row for each person, and every star counted once."""

from collections.abc import Callable
from functools import partial

import pytest
from allauth.account.models import EmailAddress
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from accounts.models import User
from catalog.models import Product
from social.models import Rating, RatingState
from social.ratings.authorship import delete_rating, save_rating
from social.ratings.content import RatingContent
from social.ratings.decisions import decide_rating
from social.ratings.votes import VoteRefused, set_vote
from social.refusals import ModerationRefused
from tests.concurrency.crowd import run_at_once
from tests.factories import NOW, make_product, make_user

pytestmark = pytest.mark.django_db(transaction=True)


def make_member() -> User:
    user = make_user(date_joined=NOW.replace(year=2020))
    EmailAddress.objects.create(user=user, email=user.email, verified=True)
    return user


def write(user: User, product: Product, stars: int) -> None:
    content = RatingContent(stars, "Fine.", "Ann")
    save_rating(user=user, product=product, content=content, now=timezone.now())


def read_counts(product: Product) -> tuple[int, int]:
    product.refresh_from_db()
    return product.rating_sum, product.rating_count


def test_many_tabs_leave_one_rating_and_exact_counts() -> None:
    mug, users = make_product("mug"), [make_member() for _number in range(6)]
    calls: list[Callable[[], None]] = [partial(write, user, mug, stars) for user in users for stars in (1, 3, 5)]
    assert [outcome.trace for outcome in run_at_once(calls, threads=2) if outcome.error] == []
    assert Rating.objects.count() == 6
    assert read_counts(mug) == (sum(Rating.objects.values_list("stars", flat=True)), 6)
    call_command("verify_ratings")


def test_edits_deletions_decisions_and_votes_add_up() -> None:
    mug, users, moderator = make_product("mug"), [make_member() for _number in range(4)], make_user(is_staff=True)
    for user in users:
        write(user, mug, 4)

    def remove(rating: Rating) -> None:
        try:
            decide_rating(
                rating_id=rating.pk,
                revision=rating.revision,
                state=RatingState.REMOVED,
                words="Rude",
                moderator=moderator,
                now=timezone.now(),
            )
        except ModerationRefused:
            return

    def vote(voter: User, rating: Rating) -> None:
        try:
            set_vote(user=voter, rating=rating, is_on=True, now=NOW)
        except VoteRefused:
            return

    calls: list[Callable[[], None]] = []
    ratings = list(Rating.objects.select_related("user", "product").order_by("pk"))
    for rating, voter in zip(ratings, [*users[1:], users[0]], strict=True):
        calls += [partial(write, rating.user, mug, 2), partial(remove, rating), partial(write, rating.user, mug, 5)]
        calls += [partial(vote, voter, rating)] * 2
    calls.append(partial(delete_rating, rating=ratings[0]))
    assert [outcome.trace for outcome in run_at_once(calls, threads=2) if outcome.error] == []
    call_command("verify_ratings")


def test_without_the_trigger_the_counts_are_wrong() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE social_rating DISABLE TRIGGER social_counting_of_rating")
    try:
        mug = make_product("mug")
        write(make_member(), mug, 5)
        assert read_counts(mug) == (0, 0)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE social_rating ENABLE TRIGGER social_counting_of_rating")
