"""64 creators competing for the last slots of a campaign, which is overspent only without the guard."""

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
from tests.concurrency.crowd import percentile, run_at_once
from tests.factories import NOW, make_campaign, make_creator, make_enrolment, make_reason, make_user, make_waiting_clip
from videos.models import Clip, Decision, DecisionAction, Reason, Revision
from videos.review.decisions import DecisionRefused, decide

pytestmark = pytest.mark.django_db(transaction=True)

CREATORS = 64
SLOTS = 40
RUNS = 50

type HoldAndEarn = Callable[[Enrolment, str], bool]


def hold_and_earn(enrolment: Enrolment, clip_code: str) -> bool:
    try:
        slot_id = hold_slot(enrolment=enrolment, clip_code=clip_code, now=NOW)
    except (CampaignFull, CreatorFull):
        return False
    return earn_slot(slot_id=slot_id, now=NOW)


def hold_by_check_then_insert(enrolment: Enrolment, clip_code: str) -> bool:
    """Hold a slot without the guard: check the counter first, then insert."""
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
    campaign = make_campaign(clips_cap=SLOTS)
    return [
        Enrolment.objects.select_related("campaign", "terms").get(pk=make_enrolment(make_creator(), campaign).pk)
        for _index in range(CREATORS)
    ]


def reset_slots() -> None:
    Slot.objects.all().delete()
    Enrolment.objects.update(held_count=0, earned_count=0)
    Campaign.objects.update(taken_count=0)


@pytest.fixture
def without_the_guard() -> Iterator[None]:
    name, condition = "creators_campaign_within_cap", "clips_cap >= taken_count"
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE creators_campaign DROP CONSTRAINT {name}")
    yield
    reset_slots()
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE creators_campaign ADD CONSTRAINT {name} CHECK ({condition})")


@pytest.mark.parametrize("hold", [hold_by_check_then_insert, hold_and_earn])
@pytest.mark.usefixtures("without_the_guard")
def test_cap_is_overspent_without_the_guard(enrolments: list[Enrolment], hold: HoldAndEarn) -> None:
    overspent = []
    for run in range(5):
        reset_slots()
        run_at_once([partial(hold, enrolment, f"c{run}-{enrolment.pk}") for enrolment in enrolments])
        overspent.append((Slot.objects.count() - SLOTS) * 2500)
    assert max(overspent) > 0, overspent


def hold_and_earn_in_each(enrolments: list[Enrolment], barrier: Barrier) -> list[tuple[bool, float]]:
    """Hold and earn a slot in each campaign in turn, always at the same moment as all other creators.

    Return, for each campaign, whether it succeeded and how many milliseconds it took.
    """
    results = []
    for enrolment in enrolments:
        barrier.wait()
        started = time.perf_counter()
        is_earned = hold_and_earn(enrolment, f"c{enrolment.pk}")
        results.append((is_earned, (time.perf_counter() - started) * 1000))
    return results


def test_64_creators_never_exceed_the_cap_in_50_runs() -> None:
    creators = [make_creator() for _index in range(CREATORS)]
    campaigns = [make_campaign(clips_cap=SLOTS) for _index in range(RUNS)]
    Enrolment.objects.bulk_create(
        Enrolment(creator=creator, campaign=campaign, terms=campaign.terms, accepted_at=NOW, clips_cap=500)
        for campaign in campaigns
        for creator in creators
    )
    enrolments = Enrolment.objects.select_related("campaign", "terms").order_by("campaign")
    barrier = multiprocessing.get_context("fork").Barrier(CREATORS)
    jobs = [partial(hold_and_earn_in_each, list(enrolments.filter(creator=creator)), barrier) for creator in creators]
    outcomes = run_at_once(jobs)
    assert [outcome.trace for outcome in outcomes if outcome.error] == []
    for run, campaign in enumerate(Campaign.objects.with_counts().order_by("pk")):
        assert sum(outcome.result[run][0] for outcome in outcomes) == SLOTS
        earned = Slot.objects.earned().filter(enrolment__campaign=campaign).count()
        counted = (campaign.taken_count, campaign.held_count, campaign.earned_count)
        assert (*counted, earned) == (SLOTS, 0, SLOTS, SLOTS)
    durations_ms = [ms for outcome in outcomes for _is_earned, ms in outcome.result]
    print(
        f"hold + approve, {CREATORS} at once, {len(durations_ms)} in all: p95 {percentile(durations_ms, 0.95):.0f} ms"
    )


def test_600_submissions_of_one_creator_hold_exactly_500() -> None:
    enrolment = make_enrolment()
    enrolment = Enrolment.objects.select_related("campaign", "terms").get(pk=enrolment.pk)
    outcomes = run_at_once([partial(hold_slot, enrolment=enrolment, clip_code=f"c{n}", now=NOW) for n in range(600)])
    assert {outcome.error for outcome in outcomes} == {"", "CreatorFull"}
    assert sum(not outcome.error for outcome in outcomes) == 500
    assert Enrolment.objects.get().held_count == Campaign.objects.get().taken_count == Slot.objects.count() == 500


def test_released_slots_are_held_once(enrolments: list[Enrolment]) -> None:
    slot_ids = [
        hold_slot(enrolment=enrolment, clip_code=f"first-{enrolment.pk}", now=NOW) for enrolment in enrolments[:SLOTS]
    ]
    releases = [partial(release_slot, slot_id=pk, reason=SlotReason.WITHDRAWN, now=NOW) for pk in slot_ids[:16]]
    holds = [partial(hold_and_earn, enrolment, f"then-{enrolment.pk}") for enrolment in enrolments]
    outcomes = run_at_once([*releases, *holds])
    assert [outcome.trace for outcome in outcomes if outcome.error] == []
    campaign = Campaign.objects.get()
    assert campaign.taken_count == Slot.objects.active().count() <= SLOTS


def try_to_decide(revision: Revision, moderator_email: str, action: DecisionAction) -> str:
    moderator = User.objects.get(email=moderator_email)
    reason = None if action == DecisionAction.APPROVE else Reason.objects.get()
    try:
        decide(revision=revision, moderator=moderator, action=action, now=NOW, reason=reason)
    except DecisionRefused:
        return "refused"
    return str(action)


@pytest.mark.parametrize("actions", [(DecisionAction.APPROVE,), (DecisionAction.APPROVE, DecisionAction.REJECT)])
def test_ten_decisions_at_once_have_one_effect(actions: tuple[DecisionAction, ...]) -> None:
    clip = make_waiting_clip()
    make_reason()
    for number in range(10):
        make_user(f"m{number}@example.com", is_staff=True)
    revision = Revision.objects.get()
    jobs = [partial(try_to_decide, revision, f"m{n}@example.com", actions[n % len(actions)]) for n in range(10)]
    outcomes = run_at_once(jobs)
    assert [outcome.trace for outcome in outcomes if outcome.error] == []
    assert [outcome.result for outcome in outcomes].count("refused") == 9
    assert Decision.objects.count() == 1
    slot, campaign = Slot.objects.get(), Campaign.objects.with_counts().get()
    is_paid = Clip.objects.get(pk=clip.pk).is_published
    assert (slot.state, campaign.taken_count, campaign.held_count, campaign.earned_count) == (
        ("earned", 1, 0, 1) if is_paid else ("released", 0, 0, 0)
    )
    repeated = [try_to_decide(revision, "m1@example.com", action) for action in actions * 10]
    assert set(repeated) == {"refused"}
    assert Decision.objects.count() == 1
