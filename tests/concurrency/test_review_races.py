"""Races at the review desk: each is shown with the guard off, then prevented by the guard.

In each round two connections start at the same time. The guard is two checks that `videos.review.decisions` makes under
the clip's row lock: the moderator saw the latest revision, and the clip's state still allows the decision.
"""

import contextlib
import threading
from collections.abc import Callable
from functools import partial

import pytest
from django.db import connection, transaction
from django.db.models import Count
from pytest_django import Settings

from accounts.models import User
from creators.models import Enrolment, Slot
from social.cases import CaseRefused, decide_case
from social.models import Report, ReportAnswer, ReportReason
from social.reports import report_subject
from tests.factories import NOW, make_creator, make_enrolment, make_product, make_user, make_waiting_clip
from videos.models import Clip, Decision, DecisionAction, Revision, Source
from videos.review import decisions
from videos.review.decisions import DecisionRefused, decide
from videos.review.duplicates import find_paid_duplicate
from videos.states import ClipState
from videos.studio.drafts import ClipContent, TagContent, write_content
from videos.studio.submission import NotSubmittable, revise_clip

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 100
Action = Callable[[], object]
Approve = Callable[[Revision, User], None]


def race(*actions: Action) -> list[str]:
    """Run the actions at the same time, each on its own connection; return the refusals."""
    start = threading.Barrier(len(actions))
    refusals: list[str] = []

    def run(action: Action) -> None:
        connection.ensure_connection()
        start.wait(timeout=30)
        try:
            action()
        except (DecisionRefused, NotSubmittable, CaseRefused) as refusal:
            refusals.append(str(refusal))
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(action,)) for action in actions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return refusals


def build_changed_content(clip: Clip) -> ClipContent:
    tags = [TagContent(tag.product_id, tag.start_ms, tag.end_ms) for tag in clip.tags.all()]
    return ClipContent("Something that nobody has seen", "review", "mixed", "en", True, "", tags)


def is_unseen_live(clip: Clip) -> bool:
    """Return True if a clip is published with content that differs from the approved revision, False otherwise."""
    clip.refresh_from_db()
    approved = Decision.objects.effective().filter(clip=clip, action="approve").latest_first().first()
    return clip.state == ClipState.PUBLISHED and (
        approved is None or approved.revision.content["caption"] != clip.caption
    )


def unguarded_approve(revision: Revision, moderator: User) -> None:
    """Approve without the guard: read, then write, without checking revision or state."""
    with transaction.atomic():
        Clip.objects.get(pk=revision.clip_id)
        Decision.objects.create(
            clip_id=revision.clip_id,
            revision=revision,
            moderator=moderator,
            action="approve",
            state_before="in_review",
            decided_at=NOW,
        )
        Clip.objects.filter(pk=revision.clip_id).update(state="published", published_at=NOW)


def test_an_unlocked_write_puts_unseen_content_live() -> None:
    """Without a lock and a new revision, an edit goes live unseen. Real edits always use both."""
    clip = make_waiting_clip()
    decide(revision=clip.revisions.get(), moderator=make_user(), action=DecisionAction.APPROVE, now=NOW)
    write_content(clip, build_changed_content(clip))
    assert is_unseen_live(clip)


def guarded_approve(revision: Revision, moderator: User) -> None:
    decide(revision=revision, moderator=moderator, action=DecisionAction.APPROVE, now=NOW)


def race_edits(approve: Approve, rounds: int) -> list[Clip]:
    """Race an approval against an edit, `rounds` times; return the clips whose live content was never reviewed."""
    moderator, enrolment = make_user(), make_enrolment()
    products, unseen = [make_product(), make_product()], []
    for _round in range(rounds):
        clip = make_waiting_clip(enrolment=enrolment, products=products)
        seen, content = clip.revisions.get(), build_changed_content(clip)

        def edit(pk: int = clip.pk, content: ClipContent = content) -> None:
            revise_clip(clip_id=pk, content=content, now=NOW)

        race(partial(approve, seen, moderator), edit)
        unseen += [clip] * is_unseen_live(clip)
    return unseen


def race_moderators(approve: Approve, rounds: int) -> list[str]:
    """Let two moderators approve the same clip, `rounds` times; return the refusals."""
    first, second, enrolment = make_user(), make_user(), make_enrolment()
    products, refusals = [make_product(), make_product()], []
    for _round in range(rounds):
        revision = make_waiting_clip(enrolment=enrolment, products=products).revisions.get()
        refusals += race(partial(approve, revision, first), partial(approve, revision, second))
    return refusals


def count_double_decisions() -> int:
    return Clip.objects.annotate(count=Count("decisions")).filter(count__gt=1).count()


def test_100_edits_racing_approvals_leave_no_unseen_content_live() -> None:
    assert race_edits(guarded_approve, ROUNDS) == []
    assert Clip.objects.filter(state=ClipState.IN_REVIEW).count() == ROUNDS


def test_without_the_guard_the_same_race_puts_unseen_edits_live(settings: Settings) -> None:
    settings.OPEN_CLIPS_WITHOUT_APPROVALS = ROUNDS
    assert len(race_edits(unguarded_approve, ROUNDS)) > 0


def test_100_pairs_of_moderators_leave_one_decision_and_one_fee_each() -> None:
    refusals = race_moderators(guarded_approve, ROUNDS)
    assert len(refusals) == ROUNDS
    assert all("has already decided on this clip" in refusal for refusal in refusals)
    assert (Decision.objects.count(), count_double_decisions()) == (ROUNDS, 0)
    assert Slot.objects.earned().count() == ROUNDS
    enrolment = Enrolment.objects.get()
    assert (enrolment.held_count, enrolment.earned_count) == (0, ROUNDS)


def test_without_the_guard_the_same_race_leaves_two_decisions(settings: Settings) -> None:
    settings.OPEN_CLIPS_WITHOUT_APPROVALS = ROUNDS
    assert race_moderators(unguarded_approve, ROUNDS) == []
    assert count_double_decisions() == ROUNDS


def test_100_pairs_of_moderators_give_one_answer_to_a_case() -> None:
    first, second = make_user(), make_user()
    for _round in range(ROUNDS):
        product = make_product()
        last_report_id = report_subject(user=None, subject=product, reason=ReportReason.FAKE, words="", now=NOW).pk

        def by(moderator: User, answer: ReportAnswer, pk: int = product.pk, last_id: int = last_report_id) -> Action:
            return lambda: decide_case(
                kind="product",
                subject_id=pk,
                last_report_id=last_id,
                moderator=moderator,
                answer=answer,
                words="",
                now=NOW,
            )

        refusals = race(by(first, ReportAnswer.TAKEN_OFF), by(second, ReportAnswer.NO_SIGN))
        assert len(refusals) == 1
        assert "were already answered by" in refusals[0]
        row = Report.objects.get(pk=last_report_id)
        product.refresh_from_db()
        assert (row.state, product.is_active) in {("upheld", False), ("dismissed", True)}


def approve_two_copies_at_once(monkeypatch: pytest.MonkeyPatch) -> tuple[int, list[str]]:
    """Approve two clips with the same footage after both checked for duplicates; return earned slots and refusals."""
    copies = [make_waiting_clip(make_creator()) for _ in range(2)]
    for copy in copies:
        Source.objects.filter(pk=copy.source_id).update(sha256="0" * 64)
    both_checked = threading.Barrier(2)

    def find_and_wait(clip: Clip) -> Clip | None:
        paid = find_paid_duplicate(clip)
        with contextlib.suppress(threading.BrokenBarrierError):
            both_checked.wait(timeout=1)
        return paid

    monkeypatch.setattr(decisions, "find_paid_duplicate", find_and_wait)
    moderators = [make_user(), make_user()]
    refusals = race(
        *(
            partial(decide, revision=copy.revisions.get(), moderator=moderator, action=DecisionAction.APPROVE, now=NOW)
            for copy, moderator in zip(copies, moderators, strict=True)
        )
    )
    return Slot.objects.earned().filter(clip_code__in=[copy.code for copy in copies]).count(), refusals


def test_two_duplicates_approved_at_the_same_time_earn_once(monkeypatch: pytest.MonkeyPatch) -> None:
    earned, refusals = approve_two_copies_at_once(monkeypatch)
    assert earned == 1
    assert len(refusals) == 1


def test_without_the_lock_two_duplicates_approved_at_the_same_time_earn_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decisions, "lock_duplicate_checks", lambda: None)
    assert approve_two_copies_at_once(monkeypatch) == (2, [])
