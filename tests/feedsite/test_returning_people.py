"""New profiles of suspended people: signs keep their posts in review, reject nothing, and are dismissed by staff."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.utils import timezone

from accounts.models import User
from creators.models import Creator, LinkSign, SuspensionLink
from feed.models import Viewer
from feedsite.account_erasure import erase_account
from feedsite.returning_people import link_returning_people
from feedsite.suspensions import lift_suspension, suspend_creator
from payouts.models import PayoutAccount
from social.models import Rating
from tests.conftest import client_of
from tests.factories import (
    NOW,
    approve,
    make_creator,
    make_enrolment,
    make_product,
    make_user,
    make_waiting_clip,
)
from tests.feedsite.test_personal_data import sign_in
from tests.social.ratings.conftest import make_member
from videos.states import ClipState

pytestmark = pytest.mark.django_db
DETAILS = {"holder_name": "Zed", "number": "DE89370400440532013000", "bank_code": "", "country_code": "DE"}


@pytest.fixture
def suspended(admin_user: User) -> Creator:
    """Return a creator who was suspended an hour ago."""
    creator = make_creator("zed", user=make_user("zed.x+one@gmail.com", adult_confirmed_at=NOW))
    Creator.objects.update(joined_at=NOW)
    suspend(creator, admin_user)
    return creator


def suspend(creator: Creator, by: User) -> None:
    now = timezone.now() - timedelta(hours=1)
    suspend_creator(creator=creator, reason="Spam.", hides_clips=False, is_for_fraud=False, by=by, now=now)


def share_mailbox(suspended: Creator, newer: Creator) -> None:
    User.objects.filter(pk=newer.user_id).update(email="zedx+two@googlemail.com")


def share_network(suspended: Creator, newer: Creator) -> None:
    for creator in (suspended, newer):
        Viewer.objects.create(user=creator.user, created_at=NOW, network="same")


def share_payout_account(suspended: Creator, newer: Creator) -> None:
    for creator in (suspended, newer):
        PayoutAccount.objects.create(creator=creator, changed_at=NOW, **DETAILS)


def dismiss(staff: Client, link: SuspensionLink) -> None:
    """Choose the action and answer its question."""
    sent = {"action": "dismiss", "_selected_action": [link.pk]}
    asked = staff.post("/admin/creators/suspensionlink/", sent)
    seen = re.search(r'name="seen" value="([^"]+)"', asked.content.decode())
    answer = {"confirmed": "yes", "reason": "They share a house.", "seen": seen[1] if seen else ""}
    staff.post("/admin/creators/suspensionlink/", sent | answer)


@pytest.mark.parametrize(
    ("share", "sign"),
    [
        (share_mailbox, LinkSign.EMAIL),
        (share_network, LinkSign.NETWORK),
        (share_payout_account, LinkSign.PAYOUT_ACCOUNT),
    ],
)
def test_newer_profile_with_a_sign_is_reviewed_until_it_is_dismissed(
    suspended: Creator, share: Callable[[Creator, Creator], None], sign: LinkSign, admin_client: Client, settings: Any
) -> None:
    settings.TRUST_AFTER_APPROVALS, settings.TRUST_SPOT_CHECK_PERCENT = 1, 0
    enrolment = make_enrolment(newer := make_creator("newer"))
    approve(make_waiting_clip(enrolment=enrolment))
    share(suspended, newer)
    assert [link_returning_people(now=NOW) for _time in range(2)] == [1, 0]
    link = SuspensionLink.objects.get()
    assert (link.creator, link.sign) == (newer, sign)
    clip = make_waiting_clip(enrolment=enrolment)
    assert clip.state == ClipState.IN_REVIEW, "It is not rejected either."
    assert "@newer" in admin_client.get("/admin/creators/suspensionlink/").content.decode()
    dismiss(admin_client, link)
    link.refresh_from_db()
    assert link.dismissed_at is not None
    assert link_returning_people(now=NOW) == 0
    assert make_waiting_clip(enrolment=enrolment).state == ClipState.PUBLISHED


def test_older_profiles_and_strangers_are_not_linked(suspended: Creator, admin_user: User) -> None:
    older, stranger = make_creator("older"), make_creator("stranger")
    Creator.objects.filter(pk=older.pk).update(joined_at=NOW - timedelta(days=300))
    User.objects.filter(pk=older.user_id).update(email="zedx@gmail.com")
    User.objects.filter(pk=stranger.user_id).update(email="zed.x@example.com")
    Viewer.objects.create(user=stranger.user, created_at=NOW, network="")
    Viewer.objects.create(user=suspended.user, created_at=NOW, network="")
    assert link_returning_people(now=NOW) == 0
    share_mailbox(suspended, stranger)
    lift_suspension(creator=suspended, by=admin_user, now=timezone.now())
    assert link_returning_people(now=NOW) == 0


def test_only_staff_who_may_suspend_dismiss_signs(suspended: Creator) -> None:
    newer = make_creator("newer")
    share_mailbox(suspended, newer)
    link_returning_people(now=NOW)
    link = SuspensionLink.objects.get()
    finance = make_user(is_staff=True)
    finance.groups.add(Group.objects.get(name="Finance"))
    for user in (finance, newer.user):
        dismiss(client_of(user), link)
        link.refresh_from_db()
        assert link.dismissed_at is None


def test_rating_of_a_linked_profile_waits_even_from_an_old_account(suspended: Creator) -> None:
    make_product("mug")
    newer = make_creator("yaz", user=make_member())
    words = {"stars": 5, "words": "Great", "author_name": "Yaz"}
    url = "/api/v1/products/mug/ratings/"
    assert (
        client_of(newer.user).post(url, words, content_type="application/json").json()["rating"]["state"] == "visible"
    )
    share_network(suspended, newer)
    link_returning_people(now=timezone.now())
    rating = Rating.objects.get()
    change = client_of(newer.user).patch(f"/api/v1/ratings/{rating.pk}/", words, content_type="application/json")
    assert change.json()["rating"]["state"] == "held"


def test_suspended_person_who_deleted_the_account_is_noticed_until_it_is_lifted(
    suspended: Creator, admin_user: User
) -> None:
    assert (
        "A hash of your email address is kept"
        in sign_in(User.objects.get(pk=suspended.user_id)).get("/accounts/leave/").content.decode()
    )
    erase_account(user=suspended.user, gives_up_pay=True)
    held = User.objects.get(pk=suspended.user_id)
    assert len(held.erased_mailbox) == 64 and "zed" not in held.email
    newer, other = make_creator("yaz"), make_creator("xan")
    share_mailbox(suspended, newer)
    assert link_returning_people(now=timezone.now()) == 1
    assert SuspensionLink.objects.get().creator == newer
    lift_suspension(creator=suspended, by=admin_user, now=timezone.now())
    assert User.objects.get(pk=held.pk).erased_mailbox == ""
    erase_account(user=other.user, gives_up_pay=True)
    assert not User.objects.exclude(erased_mailbox="").exists()
