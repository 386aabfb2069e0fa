"""Decisions: who may make them, what they do to the clip and its slot, and undoing them."""

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


def decide_on(clip: Clip, moderator: User, action: DecisionAction, **fields: object) -> Decision:
    reason = None if action == APPROVE else make_reason()
    values = {"reason": reason, "now": NOW} | fields
    revision = clip.revisions.order_by("number").last()
    assert revision is not None
    return decide(revision=revision, moderator=moderator, action=action, **values)  # type: ignore[arg-type]


def state_of(clip: Clip) -> tuple[str, str]:
    clip.refresh_from_db()
    return clip.state, Slot.objects.filter(clip_code=clip.code).latest("pk").state


def test_a_second_decision_is_refused_with_the_name_and_time_of_the_first(moderator: User) -> None:
    clip = make_waiting_clip()
    decide_on(clip, moderator, APPROVE)
    with pytest.raises(
        DecisionRefused, match=r"moderator@example.com has already decided on this clip \(11/02/2026 12:00 PM"
    ):
        decide_on(clip, make_user(), REJECT)
    assert Decision.objects.count() == 1
    assert list(AuditEntry.objects.order_by("pk").values_list("action", flat=True)) == ["decided", "refused"]


def test_a_rejection_without_a_reason_is_refused_by_the_code_and_by_the_database(moderator: User) -> None:
    clip = make_waiting_clip()
    with pytest.raises(DecisionRefused, match="Choose a reason"):
        decide_on(clip, moderator, REJECT, reason=None)
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
    decide_on(make_waiting_clip(), moderator, APPROVE)
    for change in (lambda: AuditEntry.objects.update(action="opened"), lambda: AuditEntry.objects.all().delete()):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()
    assert AuditEntry.objects.get().action == "decided"


@pytest.mark.parametrize("action", [APPROVE, CHANGES, REJECT])
def test_a_decision_is_undone_with_its_slot(moderator: User, action: DecisionAction) -> None:
    clip = make_waiting_clip()
    decision = decide_on(clip, moderator, action)
    undo_decision(decision_id=decision.pk, moderator=moderator, now=NOW + 29 * SECOND)
    assert state_of(clip) == ("in_review", "held")
    assert (clip.published_at, clip.submitted_at) == (None, NOW)
    assert send_decision_emails(now=NOW + timedelta(hours=1)) == 0
    assert decide_on(clip, moderator, APPROVE, now=NOW + timedelta(minutes=1))
    assert state_of(clip) == ("published", "earned")


def test_a_take_down_is_undone_and_the_fee_stays(moderator: User) -> None:
    clip = make_published_clip()
    decision = decide_on(clip, moderator, REMOVE)
    undo_decision(decision_id=decision.pk, moderator=moderator, now=NOW)
    assert state_of(clip) == ("published", "earned")


def test_a_decision_cannot_be_undone_after_the_grace_period_or_by_another_moderator(moderator: User) -> None:
    clip = make_waiting_clip()
    decision = decide_on(clip, moderator, APPROVE)
    with pytest.raises(UndoRefused, match="can be undone for 30 seconds"):
        undo_decision(decision_id=decision.pk, moderator=moderator, now=NOW + 31 * SECOND)
    with pytest.raises(UndoRefused, match="Only the moderator who made a decision"):
        undo_decision(decision_id=decision.pk, moderator=make_user(), now=NOW)
    assert state_of(clip) == ("published", "earned")


def test_a_decision_is_emailed_once_with_its_reason_time_and_link(moderator: User) -> None:
    clip = make_waiting_clip(caption="Two lamps")
    decide_on(clip, moderator, CHANGES, words="Move the lamp.", at_ms=2500)
    assert send_decision_emails(now=NOW + 29 * SECOND) == 0
    assert send_decision_emails(now=NOW + 31 * SECOND) == 1
    assert send_decision_emails(now=NOW + 60 * SECOND) == 0
    (sent,) = mail.outbox
    assert (sent.to, sent.subject) == ([clip.creator.user.email], "Your clip needs changes: Two lamps")
    for words in ("A product is not shown.", "0:02.5", "Move the lamp.", f"/studio/clips/{clip.code}/"):
        assert words in sent.body


def test_an_appeal_goes_to_another_moderator_and_is_paid_when_granted(moderator: User) -> None:
    clip = make_waiting_clip()
    decide_on(clip, moderator, REJECT)
    assert state_of(clip) == ("rejected", "released")
    appeal_decision(clip_id=clip.pk, words="It is shown.", now=NOW)
    assert state_of(clip) == ("appealed", "held")
    with pytest.raises(DecisionRefused, match="Another moderator"):
        decide_on(clip, moderator, APPROVE)
    decide_on(clip, make_user(), APPROVE)
    assert state_of(clip) == ("published", "earned")


def test_an_appeal_is_refused_while_the_campaign_has_no_free_slot(moderator: User) -> None:
    clip = make_waiting_clip()
    decide_on(clip, moderator, REJECT)
    assert clip.enrolment is not None
    type(clip.enrolment.campaign).objects.update(clips_cap=0)
    with pytest.raises(NotAppealable, match="no free slot"):
        appeal_decision(clip_id=clip.pk, words="It is shown.", now=NOW)
    assert state_of(clip) == ("rejected", "released")


def test_a_lock_belongs_to_one_moderator_until_it_expires(moderator: User) -> None:
    clip, other = make_waiting_clip(), make_user()
    assert acquire_lock(clip_id=clip.pk, moderator=moderator, now=NOW) is None
    assert acquire_lock(clip_id=clip.pk, moderator=moderator, now=NOW + 60 * SECOND) is None
    lock = acquire_lock(clip_id=clip.pk, moderator=other, now=NOW + 600 * SECOND)
    assert lock is not None
    assert lock.moderator == moderator
    assert acquire_lock(clip_id=clip.pk, moderator=other, now=NOW + 661 * SECOND) is None
    release_lock(clip_id=clip.pk, moderator=other)
    assert acquire_lock(clip_id=clip.pk, moderator=moderator, now=NOW) is None


def test_a_price_change_beyond_the_limit_is_flagged_once_and_settled_by_approval(moderator: User) -> None:
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
    decide_on(clip, moderator, APPROVE)
    assert Flag.objects.open().count() == 0
    assert Clip.objects.get(pk=clip.pk).drifted_at is None
    assert find_drift(clip.tags.select_related("product").get(product=lamp)) is None
    assert state_of(clip) == ("published", "earned")


def test_a_flag_for_drift_is_settled_when_the_price_returns() -> None:
    lamp = make_product(price_minor=1900)
    clip = make_published_clip(products=[lamp, make_product()])
    Product.objects.filter(pk=lamp.pk).update(price_minor=2700)
    flag_drift(now=NOW)
    Product.objects.filter(pk=lamp.pk).update(price_minor=2000)
    assert flag_drift(now=NOW + SECOND) == 0
    clip.refresh_from_db()
    assert (clip.drifted_at, Flag.objects.open().count()) == (None, 0)


def test_a_renamed_product_causes_a_re_check_and_a_sold_out_one_does_not(moderator: User) -> None:
    lamp, mug = make_product(name="Lamp"), make_product()
    clip = make_published_clip(products=[lamp, mug])
    Product.objects.filter(pk=mug.pk).update(stock=0)
    assert flag_drift(now=NOW) == 0
    drift = find_drift(clip.tags.select_related("product").get(product=mug))
    assert drift is not None
    assert drift.text == "sold out since approval"
    Product.objects.filter(pk=lamp.pk).update(name="Lamp, now without a bulb")
    assert flag_drift(now=NOW) == 1
    assert "filmed as “Lamp”, now “Lamp, now without a bulb”" in Flag.objects.get().note


def test_undoing_a_decision_reopens_its_flags(moderator: User) -> None:
    clip = make_published_clip()
    raise_flag(clip_id=clip.pk, kind=FlagKind.REPORTS, now=NOW)
    decision = decide_on(clip, moderator, APPROVE, now=NOW + SECOND)
    assert Flag.objects.open().count() == 0
    undo_decision(decision_id=decision.pk, moderator=moderator, now=NOW + 2 * SECOND)
    assert Flag.objects.open().count() == 1


def test_reports_accumulate_in_one_flag_and_a_hidden_clip_keeps_its_fee() -> None:
    clip = make_published_clip()
    for weight in (1, 3):
        raise_flag(clip_id=clip.pk, kind=FlagKind.REPORTS, weight=weight, now=NOW)
    assert Flag.objects.get().weight == 4
    assert unpublish_for_review(clip_id=clip.pk, now=NOW)
    assert state_of(clip) == ("in_review", "earned")


def test_a_slot_is_released_when_requested_changes_are_not_made_in_time(moderator: User) -> None:
    clip = make_waiting_clip()
    decide_on(clip, moderator, CHANGES)
    assert expire_held_slots(now=NOW + timedelta(days=29)) == 0
    assert expire_held_slots(now=NOW + timedelta(days=31)) == 1
    assert state_of(clip) == ("draft", "released")


def test_a_clip_that_waits_for_a_moderator_never_expires() -> None:
    clip = make_waiting_clip(enrolment=make_enrolment())
    assert expire_held_slots(now=NOW + timedelta(days=400)) == 0
    assert state_of(clip) == ("in_review", "held")


def test_the_initial_reasons_exist_in_every_language() -> None:
    reasons = list(Reason.objects.order_by("position"))
    assert [reason.code for reason in reasons][:2] == ["not_shown", "too_short"]
    assert all(set(reason.text) == {"en", "ar", "he"} for reason in reasons)
