"""The desk's rules: who may decide, what it does to the slot, and taking it back."""

from datetime import timedelta

import pytest
from django.core import mail
from django.db import IntegrityError, transaction

from accounts.models import User
from catalog.models import Product
from creators.models import Slot
from tests.factories import (
    NOW,
    make_enrolment,
    make_product,
    make_published_clip,
    make_reason,
    make_user,
    make_waiting_clip,
)
from videos.models import AuditEntry, Clip, Decision, DecisionAction, Flag, FlagKind, Reason
from videos.review.appeals import NotAppealable, appeal_decision
from videos.review.deadlines import expire_held_slots
from videos.review.decisions import DecisionRefused, decide
from videos.review.drift import find_drift, flag_drift
from videos.review.flags import raise_flag, unpublish_for_review
from videos.review.grace import UndoRefused, undo_decision
from videos.review.locks import acquire_lock, release_lock
from videos.review.mail import send_decision_emails

pytestmark = pytest.mark.django_db
APPROVE, CHANGES, REJECT, REMOVE = (
    DecisionAction.APPROVE,
    DecisionAction.REQUEST_CHANGES,
    DecisionAction.REJECT,
    DecisionAction.REMOVE,
)
SECOND = timedelta(seconds=1)


def decided(clip: Clip, moderator: User, action: DecisionAction, **also: object) -> Decision:
    reason = None if action == APPROVE else make_reason()
    values = {"reason": reason, "now": NOW} | also
    revision = clip.revisions.order_by("number").last()
    assert revision is not None
    return decide(revision=revision, moderator=moderator, action=action, **values)  # type: ignore[arg-type]


def state_of(clip: Clip) -> tuple[str, str]:
    clip.refresh_from_db()
    return clip.state, Slot.objects.filter(clip_code=clip.code).latest("pk").state


def test_the_second_decision_is_told_who_was_first_and_when(moderator: User) -> None:
    clip = make_waiting_clip()
    decided(clip, moderator, APPROVE)
    with pytest.raises(DecisionRefused, match=r"moderator@example.com decided on this clip already \(11/02/2026 noon"):
        decided(clip, make_user(), REJECT)
    assert Decision.objects.count() == 1
    assert list(AuditEntry.objects.order_by("pk").values_list("action", flat=True)) == ["decided", "refused"]


def test_a_refusal_without_a_reason_is_refused_by_rule_and_by_database(moderator: User) -> None:
    clip = make_waiting_clip()
    with pytest.raises(DecisionRefused, match="Choose a reason"):
        decided(clip, moderator, REJECT, reason=None)
    with pytest.raises(IntegrityError), transaction.atomic():
        Decision.objects.create(
            clip=clip,
            revision=clip.revisions.get(),
            moderator=moderator,
            action="reject",
            state_before="in_review",
            decided_at=NOW,
        )


def test_the_audit_cannot_be_changed(moderator: User) -> None:
    decided(make_waiting_clip(), moderator, APPROVE)
    for change in (lambda: AuditEntry.objects.update(action="opened"), lambda: AuditEntry.objects.all().delete()):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()
    assert AuditEntry.objects.get().action == "decided"


@pytest.mark.parametrize("action", [APPROVE, CHANGES, REJECT])
def test_a_decision_is_undone_with_its_slot(moderator: User, action: DecisionAction) -> None:
    clip = make_waiting_clip()
    decision = decided(clip, moderator, action)
    undo_decision(decision_id=decision.pk, moderator=moderator, now=NOW + 29 * SECOND)
    assert state_of(clip) == ("in_review", "held")
    assert (clip.published_at, clip.submitted_at) == (None, NOW)
    assert send_decision_emails(now=NOW + timedelta(hours=1)) == 0
    assert decided(clip, moderator, APPROVE, now=NOW + timedelta(minutes=1))
    assert state_of(clip) == ("published", "earned")


def test_a_take_down_is_undone_and_the_fee_stays(moderator: User) -> None:
    clip = make_published_clip()
    decision = decided(clip, moderator, REMOVE)
    undo_decision(decision_id=decision.pk, moderator=moderator, now=NOW)
    assert state_of(clip) == ("published", "earned")


def test_after_half_a_minute_or_by_another_nothing_is_undone(moderator: User) -> None:
    clip = make_waiting_clip()
    decision = decided(clip, moderator, APPROVE)
    with pytest.raises(UndoRefused, match="over"):
        undo_decision(decision_id=decision.pk, moderator=moderator, now=NOW + 31 * SECOND)
    with pytest.raises(UndoRefused, match="Only who decided"):
        undo_decision(decision_id=decision.pk, moderator=make_user(), now=NOW)
    assert state_of(clip) == ("published", "earned")


def test_a_decision_is_mailed_once_with_reason_moment_and_link(moderator: User) -> None:
    clip = make_waiting_clip(caption="Two lamps")
    decided(clip, moderator, CHANGES, words="Move the lamp.", at_ms=2500)
    assert send_decision_emails(now=NOW + 29 * SECOND) == 0
    assert send_decision_emails(now=NOW + 31 * SECOND) == 1
    assert send_decision_emails(now=NOW + 60 * SECOND) == 0
    (sent,) = mail.outbox
    assert (sent.to, sent.subject) == ([clip.creator.user.email], "Your clip needs a change: Two lamps")
    for words in ("A product is not shown.", "0:02.5", "Move the lamp.", f"/studio/clips/{clip.code}/"):
        assert words in sent.body


def test_an_appeal_is_seen_by_another_moderator_and_paid_when_granted(moderator: User) -> None:
    clip = make_waiting_clip()
    decided(clip, moderator, REJECT)
    assert state_of(clip) == ("rejected", "released")
    appeal_decision(clip_id=clip.pk, words="It is shown.", now=NOW)
    assert state_of(clip) == ("appealed", "held")
    with pytest.raises(DecisionRefused, match="Another moderator"):
        decided(clip, moderator, APPROVE)
    decided(clip, make_user(), APPROVE)
    assert state_of(clip) == ("published", "earned")


def test_an_appeal_that_could_not_be_paid_is_kept_for_later(moderator: User) -> None:
    clip = make_waiting_clip()
    decided(clip, moderator, REJECT)
    assert clip.enrolment is not None
    type(clip.enrolment.campaign).objects.update(clips_cap=0)
    with pytest.raises(NotAppealable, match="No place is free"):
        appeal_decision(clip_id=clip.pk, words="It is shown.", now=NOW)
    assert state_of(clip) == ("rejected", "released")


def test_a_lock_is_for_one_moderator_until_it_runs_out(moderator: User) -> None:
    clip, other = make_waiting_clip(), make_user()
    assert acquire_lock(clip_id=clip.pk, moderator=moderator, now=NOW) is None
    assert acquire_lock(clip_id=clip.pk, moderator=moderator, now=NOW + 60 * SECOND) is None
    held = acquire_lock(clip_id=clip.pk, moderator=other, now=NOW + 600 * SECOND)
    assert held is not None
    assert held.moderator == moderator
    assert acquire_lock(clip_id=clip.pk, moderator=other, now=NOW + 661 * SECOND) is None
    release_lock(clip_id=clip.pk, moderator=other)
    assert acquire_lock(clip_id=clip.pk, moderator=moderator, now=NOW) is None


def test_a_price_that_moved_past_the_limit_is_flagged_once_and_settled_by_approval(moderator: User) -> None:
    lamp = make_product(price_minor=1900)
    clip = make_published_clip(products=[lamp, make_product()])
    lamp.price_minor = 2280  # 20 % is the limit
    lamp.save()
    assert flag_drift(now=NOW) == 0
    assert Clip.objects.get(pk=clip.pk).drifted_at is None
    lamp.price_minor = 2700
    lamp.save()
    assert (flag_drift(now=NOW), flag_drift(now=NOW)) == (1, 0)
    tag = clip.tags.select_related("product").get(product=lamp)
    drift = find_drift(tag)
    assert drift is not None
    assert drift.text == "filmed at $19.00, now $27.00"
    assert state_of(clip) == ("published", "earned")
    assert clip.drifted_at == NOW
    decided(clip, moderator, APPROVE)
    assert Flag.objects.open().count() == 0
    assert Clip.objects.get(pk=clip.pk).drifted_at is None
    assert find_drift(clip.tags.select_related("product").get(product=lamp)) is None
    assert state_of(clip) == ("published", "earned")


def test_a_price_that_comes_back_takes_its_question_back() -> None:
    lamp = make_product(price_minor=1900)
    clip = make_published_clip(products=[lamp, make_product()])
    Product.objects.filter(pk=lamp.pk).update(price_minor=2700)
    flag_drift(now=NOW)
    Product.objects.filter(pk=lamp.pk).update(price_minor=2000)
    assert flag_drift(now=NOW + SECOND) == 0
    clip.refresh_from_db()
    assert (clip.drifted_at, Flag.objects.open().count()) == (None, 0)


def test_a_new_name_brings_the_clip_back_and_a_sold_out_product_does_not(moderator: User) -> None:
    lamp, mug = make_product(name="Lamp"), make_product()
    clip = make_published_clip(products=[lamp, mug])
    Product.objects.filter(pk=mug.pk).update(stock=0)
    assert flag_drift(now=NOW) == 0
    told = find_drift(clip.tags.select_related("product").get(product=mug))
    assert told is not None
    assert told.text == "sold out since"
    Product.objects.filter(pk=lamp.pk).update(name="Lamp, now without a bulb")
    assert flag_drift(now=NOW) == 1
    assert "filmed as “Lamp”, now “Lamp, now without a bulb”" in Flag.objects.get().note


def test_a_decision_that_is_undone_raises_its_flags_again(moderator: User) -> None:
    clip = make_published_clip()
    raise_flag(clip_id=clip.pk, kind=FlagKind.REPORTS, now=NOW)
    decision = decided(clip, moderator, APPROVE, now=NOW + SECOND)
    assert Flag.objects.open().count() == 0
    undo_decision(decision_id=decision.pk, moderator=moderator, now=NOW + 2 * SECOND)
    assert Flag.objects.open().count() == 1


def test_reports_add_up_in_one_flag_and_a_hidden_clip_keeps_its_fee() -> None:
    clip = make_published_clip()
    for weight in (1, 3):
        raise_flag(clip_id=clip.pk, kind=FlagKind.REPORTS, weight=weight, now=NOW)
    assert Flag.objects.get().weight == 4
    assert unpublish_for_review(clip_id=clip.pk, now=NOW)
    assert state_of(clip) == ("in_review", "earned")


def test_a_slot_that_nobody_mends_for_is_given_back(moderator: User) -> None:
    clip = make_waiting_clip()
    decided(clip, moderator, CHANGES)
    assert expire_held_slots(now=NOW + timedelta(days=29)) == 0
    assert expire_held_slots(now=NOW + timedelta(days=31)) == 1
    assert state_of(clip) == ("draft", "released")


def test_a_clip_that_waits_for_us_never_expires() -> None:
    clip = make_waiting_clip(enrolment=make_enrolment())
    assert expire_held_slots(now=NOW + timedelta(days=400)) == 0
    assert state_of(clip) == ("in_review", "held")


def test_reasons_come_with_the_database_in_every_language() -> None:
    reasons = list(Reason.objects.order_by("position"))
    assert [reason.code for reason in reasons][:2] == ["not_shown", "too_short"]
    assert all(set(reason.text) == {"en", "ar", "he"} for reason in reasons)
