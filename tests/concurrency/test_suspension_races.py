"""A creator is suspended while they submit clips: without the guard a clip slips through, with it none does."""

import threading
import time
from functools import partial

import pytest
from django.db import connection, transaction
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from creators.models import Creator, Slot, Suspension
from feedsite.suspensions import suspend_creator
from tests.concurrency.crowd import run_at_once
from tests.factories import make_creator, make_draft, make_enrolment, make_published_clip, make_waiting_clip
from videos.models import Clip, DecisionAction, PausedClip
from videos.review.decisions import decide
from videos.studio.submission import submit_clip
from videos.studio.suspension import pause_clips

pytestmark = pytest.mark.django_db(transaction=True)
CLIPS = 12
ROUNDS = 5


def suspend(creator: Creator, by: User) -> None:
    now = timezone.now()
    suspend_creator(creator=creator, reason="Spam.", hides_clips=False, is_for_fraud=False, by=by, now=now)


def suspend_unguarded(creator: Creator, by: User) -> None:
    """Suspend as `suspend` does, but without the lock on the creator's row."""
    now = timezone.now()
    with transaction.atomic():
        suspension = Suspension.objects.create(creator=creator, reason="Spam.", suspended_at=now, suspended_by=by)
        pause_clips(suspension=suspension, now=now)


def submit(clip: Clip) -> None:
    submit_clip(clip_id=clip.pk, now=timezone.now())


def approve(clip: Clip, by: User) -> None:
    decide(revision=clip.revisions.get(), moderator=by, action=DecisionAction.APPROVE, now=timezone.now())


def count_left(creator: Creator) -> int:
    """Return how many held slots a suspended creator has left."""
    return Slot.objects.held().filter(enrolment__creator=creator).count()


@pytest.fixture
def head(transactional_db: None) -> User:
    return User.objects.create_superuser("head@example.com")


@pytest.mark.parametrize(("suspend_now", "left"), [(suspend_unguarded, 1), (suspend, 0)])
def test_clip_that_is_being_submitted_is_dealt_with(suspend_now: object, left: int, head: User) -> None:
    clip = make_draft()
    has_looked, may_go_on = threading.Event(), threading.Event()

    def submit_slowly() -> None:
        with transaction.atomic():
            submit(clip)
            has_looked.set()
            may_go_on.wait(timeout=10)
        connection.close()

    def suspend_meanwhile() -> None:
        assert callable(suspend_now)
        suspend_now(clip.creator, head)
        connection.close()

    submitting, suspending = threading.Thread(target=submit_slowly), threading.Thread(target=suspend_meanwhile)
    submitting.start()
    assert has_looked.wait(timeout=10)
    suspending.start()
    if left:
        suspending.join(timeout=10)
    else:
        time.sleep(0.3)
        assert suspending.is_alive(), "The suspension waits for the submission."
    may_go_on.set()
    submitting.join(timeout=10)
    suspending.join(timeout=10)
    assert Suspension.objects.active().count() == 1
    assert count_left(clip.creator) == left
    assert PausedClip.objects.count() == 1 - left


def test_crowd_of_submissions_and_approvals_leaves_no_slot_held(head: User, settings: Settings) -> None:
    settings.OPEN_CLIPS_WITHOUT_APPROVALS = 2 * CLIPS
    moderator = User.objects.create_superuser("desk2@example.com")
    for _round in range(ROUNDS):
        creator = make_creator()
        enrolment = make_enrolment(creator)
        make_published_clip(
            None, enrolment
        )  # the desk is far behind, and clips of creators without one would have to wait
        drafts = [make_draft(None, enrolment) for _index in range(CLIPS)]
        waiting = [make_waiting_clip(None, enrolment) for _index in range(CLIPS)]
        calls = [partial(submit, clip) for clip in drafts] + [partial(approve, clip, moderator) for clip in waiting]
        calls.insert(CLIPS, partial(suspend, creator, head))
        errors = {outcome.error for outcome in run_at_once(calls)}
        assert errors <= {"", "CreatorSuspended", "DecisionRefused"}
        enrolment.refresh_from_db()
        published = Clip.objects.published().filter(creator=creator).count()
        assert (count_left(creator), enrolment.held_count, enrolment.earned_count) == (0, 0, published)
        assert not Clip.objects.filter(creator=creator, state="in_review").exists()
