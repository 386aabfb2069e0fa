"""Many creators use one invitation at once: without the guard several join, with it one does."""

from functools import partial

import pytest
from allauth.account.models import EmailAddress
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from creators.enrolment import enrol
from creators.invitation_answers import accept_invitation, decline_invitation
from creators.invitations import invite
from creators.models import Campaign, Creator, Enrolment, Invitation
from creators.models.invitation import hash_token
from tests.concurrency.crowd import Meeting, Outcome, run_at_once
from tests.factories import make_campaign, make_creator, make_user

pytestmark = pytest.mark.django_db(transaction=True)
CREATORS = 8
TOKEN = "a" * 43


@pytest.fixture
def staff(transactional_db: None) -> User:
    return make_user("staff@example.com", is_staff=True)


@pytest.fixture
def campaign(staff: User) -> Campaign:
    campaign = make_campaign()
    Campaign.objects.update(is_by_invitation=True)
    return Campaign.objects.with_terms().get(pk=campaign.pk)


@pytest.fixture
def invitation(campaign: Campaign, staff: User) -> Invitation:
    invite(campaign=campaign, emails=["lou@example.com"], by=staff, now=timezone.now())
    Invitation.objects.update(token_hash=hash_token(TOKEN))
    return Invitation.objects.get()


def accept(creator: Creator) -> None:
    accept_invitation(token=TOKEN, creator=creator, terms_version=1, now=timezone.now())


def accept_unguarded(creator: Creator, all_have_read: Meeting) -> None:
    """Accept as code does that reads the state, acts, and writes the state afterwards."""
    now = timezone.now()
    with transaction.atomic():
        invitation = Invitation.objects.with_token(TOKEN).select_related("campaign__terms").get()
        if invitation.accepted_at is not None:
            return
        all_have_read.wait()
        invitation.campaign.invited.add(creator)
        enrol(creator=creator, campaign=invitation.campaign, terms_version=1, now=now)
        Invitation.objects.filter(pk=invitation.pk).update(accepted_by=creator, accepted_at=now)


def count_errors(outcomes: list[Outcome]) -> dict[str, int]:
    errors = [outcome.error for outcome in outcomes]
    return {error: errors.count(error) for error in set(errors)}


def test_without_the_guard_several_join(invitation: Invitation) -> None:
    creators = [make_creator() for _index in range(CREATORS)]
    all_have_read = Meeting(CREATORS)
    run_at_once([partial(accept_unguarded, creator, all_have_read) for creator in creators])
    assert Enrolment.objects.count() > 1


def test_with_the_guard_one_joins(invitation: Invitation) -> None:
    creators = [make_creator() for _index in range(CREATORS)]
    outcomes = run_at_once([partial(accept, creator) for creator in creators])
    assert count_errors(outcomes) == {"": 1, "InvitationRefused": CREATORS - 1}
    enrolment = Enrolment.objects.get()
    invitation.refresh_from_db()
    assert invitation.accepted_by == enrolment.creator
    assert list(invitation.campaign.invited.all()) == [enrolment.creator]


def test_one_of_joining_and_declining_wins(invitation: Invitation) -> None:
    creators = [make_creator() for _index in range(CREATORS // 2)]
    decline = partial(decline_invitation, token=TOKEN, now=timezone.now())
    outcomes = run_at_once([*(partial(accept, creator) for creator in creators), decline, decline])
    assert count_errors(outcomes) == {"": 1, "InvitationRefused": CREATORS // 2 + 1}
    invitation.refresh_from_db()
    assert (invitation.accepted_at is None) == (invitation.declined_at is not None)
    assert Enrolment.objects.count() == (invitation.declined_at is None)


def test_the_invited_creator_and_another_who_has_the_link_do_not_both_join(campaign: Campaign, staff: User) -> None:
    lou = make_creator("lou")
    EmailAddress.objects.create(user=lou.user, email="lou@example.com", verified=True)
    others = [make_creator() for _index in range(CREATORS)]
    for _attempt in range(3):
        Enrolment.objects.all().delete()
        campaign.invited.clear()
        Invitation.objects.all().delete()
        invite(campaign=campaign, emails=["lou@example.com"], by=staff, now=timezone.now())
        Invitation.objects.update(token_hash=hash_token(TOKEN))
        join = partial(enrol, creator=lou, campaign=campaign, terms_version=1, now=timezone.now())
        run_at_once([*(partial(accept, creator) for creator in others), join])
        assert Enrolment.objects.get().creator == Invitation.objects.get().accepted_by


def test_two_who_invite_the_same_people_send_one_email_to_each(campaign: Campaign, staff: User) -> None:
    emails = [f"person{number}@example.com" for number in range(20)]
    now = timezone.now()
    calls = [
        partial(invite, campaign=campaign, emails=order, by=staff, now=now)
        for order in (emails, emails[::-1], emails[5:], emails[:5])
    ]
    outcomes = run_at_once(calls)
    assert set(count_errors(outcomes)) <= {"", "InvitationRefused"}
    assert sum(outcome.result or 0 for outcome in outcomes) == Invitation.objects.count() > 0
