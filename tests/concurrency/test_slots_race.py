"""64 people at the last places of a campaign: first how it goes wrong without the guard, then that the guard holds."""

import multiprocessing
import time
from collections.abc import Callable, Iterator
from functools import partial
from multiprocessing.synchronize import Barrier

import pytest
from django.db import connection, transaction
from django.db.models import F

from accounts.models import User
from creators.models import Campaign, Enrolment, Slot, SlotReason
from creators.slots import CampaignFull, CreatorFull, earn_slot, hold_slot, release_slot
from tests.concurrency.crowd import at_once, percentile
from tests.factories import NOW, make_campaign, make_creator, make_enrolment, make_reason, make_user, make_waiting_clip
from videos.models import Clip, Decision, DecisionAction, Reason, Revision
from videos.review.decisions import DecisionRefused, decide

pytestmark = pytest.mark.django_db(transaction=True)

PEOPLE = 64
PLACES = 40
RUNS = 50

type Take = Callable[[Enrolment, str], bool]


def hold_and_earn(enrolment: Enrolment, clip_code: str) -> bool:
    try:
        slot_id = hold_slot(enrolment=enrolment, clip_code=clip_code, now=NOW)
    except (CampaignFull, CreatorFull):
        return False
    return earn_slot(slot_id=slot_id, now=NOW)


def hold_by_check_then_insert(enrolment: Enrolment, clip_code: str) -> bool:
    """Do it the way that seems natural: look whether there is room, then take it."""
    with transaction.atomic():
        campaign = Campaign.objects.get(pk=enrolment.campaign_id)
        if campaign.taken_count >= campaign.clips_cap:
            return False
        Slot.objects.create(
            enrolment=enrolment, terms_id=enrolment.terms_id, clip_code=clip_code, fee_minor=2500, currency="USD",
            state="earned", held_at=NOW, settled_at=NOW,
        )  # fmt: skip
        Campaign.objects.filter(pk=campaign.pk).update(taken_count=F("taken_count") + 1)
    return True


@pytest.fixture
def enrolments() -> list[Enrolment]:
    campaign = make_campaign(clips_cap=PLACES)
    return [
        Enrolment.objects.select_related("campaign", "terms").get(pk=make_enrolment(make_creator(), campaign).pk)
        for _index in range(PEOPLE)
    ]


def start_again() -> None:
    Slot.objects.all().delete()
    Enrolment.objects.update(held_count=0, earned_count=0)
    Campaign.objects.update(taken_count=0)


@pytest.fixture
def without_the_guard() -> Iterator[None]:
    name, condition = "creators_campaign_within_cap", "clips_cap >= taken_count"
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE creators_campaign DROP CONSTRAINT {name}")
    yield
    start_again()
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE creators_campaign ADD CONSTRAINT {name} CHECK ({condition})")


@pytest.mark.parametrize("take", [hold_by_check_then_insert, hold_and_earn])
@pytest.mark.usefixtures("without_the_guard")
def test_with_the_guard_off_the_cap_is_overspent(enrolments: list[Enrolment], take: Take) -> None:
    overspent = []
    for run in range(5):
        start_again()
        at_once([partial(take, one, f"c{run}-{one.pk}") for one in enrolments])
        overspent.append((Slot.objects.count() - PLACES) * 2500)
    assert max(overspent) > 0, overspent


def hold_and_earn_in_each(chosen: list[Enrolment], together: Barrier) -> list[tuple[bool, float]]:
    """Take a place in one campaign after the other, each time at the same moment as everybody else."""
    answers = []
    for one in chosen:
        together.wait()
        started = time.perf_counter()
        answers.append((hold_and_earn(one, f"c{one.pk}"), (time.perf_counter() - started) * 1000))
    return answers


def test_64_at_once_never_pass_the_cap_in_50_runs() -> None:
    people = [make_creator() for _index in range(PEOPLE)]
    campaigns = [make_campaign(clips_cap=PLACES) for _index in range(RUNS)]
    Enrolment.objects.bulk_create(
        Enrolment(creator=creator, campaign=campaign, terms=campaign.terms, accepted_at=NOW, clips_cap=500)
        for campaign in campaigns
        for creator in people
    )
    chosen = Enrolment.objects.select_related("campaign", "terms").order_by("campaign")
    together = multiprocessing.get_context("fork").Barrier(PEOPLE)
    jobs = [partial(hold_and_earn_in_each, list(chosen.filter(creator=one)), together) for one in people]
    happened = at_once(jobs)
    assert [one.trace for one in happened if one.error] == []
    for run, campaign in enumerate(Campaign.objects.with_counts().order_by("pk")):
        assert sum(one.result[run][0] for one in happened) == PLACES
        earned = Slot.objects.earned().filter(enrolment__campaign=campaign).count()
        counted = (campaign.taken_count, campaign.held_count, campaign.earned_count)
        assert (*counted, earned) == (PLACES, 0, PLACES, PLACES)
    took_ms = [ms for one in happened for _won, ms in one.result]
    print(f"hold + approve, {PEOPLE} at once, {len(took_ms)} in all: p95 {percentile(took_ms, 0.95):.0f} ms")


def test_600_submissions_of_one_creator_hold_exactly_500() -> None:
    enrolment = make_enrolment()
    enrolment = Enrolment.objects.select_related("campaign", "terms").get(pk=enrolment.pk)
    happened = at_once([partial(hold_slot, enrolment=enrolment, clip_code=f"c{n}", now=NOW) for n in range(600)])
    assert {one.error for one in happened} == {"", "CreatorFull"}
    assert sum(not one.error for one in happened) == 500
    assert Enrolment.objects.get().held_count == Campaign.objects.get().taken_count == Slot.objects.count() == 500


def test_places_that_come_back_are_taken_once(enrolments: list[Enrolment]) -> None:
    held = [hold_slot(enrolment=one, clip_code=f"first-{one.pk}", now=NOW) for one in enrolments[:PLACES]]
    leaving = [partial(release_slot, slot_id=pk, reason=SlotReason.WITHDRAWN, now=NOW) for pk in held[:16]]
    coming = [partial(hold_and_earn, one, f"then-{one.pk}") for one in enrolments]
    happened = at_once([*leaving, *coming])
    assert [one.trace for one in happened if one.error] == []
    campaign = Campaign.objects.get()
    assert campaign.taken_count == Slot.objects.active().count() <= PLACES


def judge(revision: Revision, moderator_email: str, action: DecisionAction) -> str:
    moderator = User.objects.get(email=moderator_email)
    reason = None if action == DecisionAction.APPROVE else Reason.objects.get()
    try:
        decide(revision=revision, moderator=moderator, action=action, now=NOW, reason=reason)
    except DecisionRefused:
        return "refused"
    return str(action)


@pytest.mark.parametrize("rivals", [(DecisionAction.APPROVE,), (DecisionAction.APPROVE, DecisionAction.REJECT)])
def test_ten_decisions_at_once_are_one(rivals: tuple[DecisionAction, ...]) -> None:
    clip = make_waiting_clip()
    make_reason()
    for number in range(10):
        make_user(f"m{number}@example.com", is_staff=True)
    revision = Revision.objects.get()
    jobs = [partial(judge, revision, f"m{n}@example.com", rivals[n % len(rivals)]) for n in range(10)]
    happened = at_once(jobs)
    assert [one.trace for one in happened if one.error] == []
    assert [one.result for one in happened].count("refused") == 9
    assert Decision.objects.count() == 1
    slot, campaign = Slot.objects.get(), Campaign.objects.with_counts().get()
    is_paid = Clip.objects.get(pk=clip.pk).is_published
    assert (slot.state, campaign.taken_count, campaign.held_count, campaign.earned_count) == (
        ("earned", 1, 0, 1) if is_paid else ("released", 0, 0, 0)
    )
    again = [judge(revision, "m1@example.com", action) for action in rivals * 10]
    assert set(again) == {"refused"}
    assert Decision.objects.count() == 1
