"""Submission of waitlisted clips when slots become free, and emails to their creators."""

from contextlib import suppress
from datetime import datetime

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import F, QuerySet
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.letters import write_email
from accounts.sweeps import do_each
from catalog.site import site_name
from creators.models import WaitlistEntry, WaitlistState
from creators.slots import SlotRefused
from creators.suspensions import CreatorSuspended, refuse_suspended
from creators.waitlist import settle_waitlist_entry
from videos.models import Clip
from videos.review.deadlines import is_desk_far_behind
from videos.review.mail import preferred_language
from videos.studio.submission import Incomplete, NotSubmittable, submit_clip


def serve_waitlists(*, now: datetime, at_most: int = 200) -> int:
    """Submit waitlisted clips whose campaigns have free slots. Return the number of clips submitted."""
    eligible = WaitlistEntry.objects.waiting().with_free_slots().open_at(now)
    if is_desk_far_behind(now):
        eligible = eligible.of_approved_creators()
    servable = eligible.filter(enrolment__campaign__clips_cap__gt=F("enrolment__campaign__taken_count"))
    return do_each(servable.in_order().values_list("pk", flat=True)[:at_most], lambda pk: _serve(pk, now))


def slots_to_mail() -> QuerySet[WaitlistEntry]:
    """Return entries that got a slot and whose creator has not been emailed."""
    return WaitlistEntry.objects.filter(state=WaitlistState.SERVED, mailed_at=None)


def send_slot_emails(*, now: datetime, at_most: int = 100) -> int:
    """Email the creators whose waitlisted clips got a slot. Return the number of emails written.

    Each row is locked and marked as mailed in the transaction that puts its email into the outbox.
    """
    waiting = slots_to_mail().order_by("settled_at").values_list("pk", flat=True)[:at_most]
    return do_each(waiting, lambda pk: _mail_slot(pk, now))


def _mail_slot(entry_id: int, now: datetime) -> int:
    with transaction.atomic():
        claimed = slots_to_mail().filter(pk=entry_id).select_for_update(skip_locked=True, of=("self",))
        entry = claimed.select_related("enrolment__campaign", "enrolment__creator__user").first()
        if entry is None:
            return 0
        WaitlistEntry.objects.filter(pk=entry.pk).update(mailed_at=now)
        _write_email(entry).send()
    return 1


def _serve(entry_id: int, now: datetime) -> bool:
    """Submit the clip of a waitlist entry. Return False if it was not submitted.

    A clip that is locked or gets no slot stays on the waitlist. A clip that can no longer be submitted leaves it, so that
    it does not keep the next ones waiting. If it lacks something, its creator is emailed.
    """
    code, creator_id = WaitlistEntry.objects.values_list("clip_code", "enrolment__creator").get(pk=entry_id)
    with suppress(CreatorSuspended), transaction.atomic():
        refuse_suspended(creator_id)
        clip = Clip.objects.select_for_update(skip_locked=True).filter(code=code).first()
        if clip is None or not WaitlistEntry.objects.waiting().filter(pk=entry_id).exists():
            return False
        try:
            with transaction.atomic(), override(preferred_language(clip)):
                submit_clip(clip_id=clip.pk, now=now)
        except NotSubmittable:
            settle_waitlist_entry(clip_code=code, state=WaitlistState.LEFT, now=now)
            return False
        except Incomplete as refusal:
            if not isinstance(refusal.__cause__, SlotRefused):
                settle_waitlist_entry(clip_code=code, state=WaitlistState.LEFT, now=now)
                _write_refusal(WaitlistEntry.objects.get(pk=entry_id), refusal).send()
            return False
        return True
    return False


def _write_email(entry: WaitlistEntry) -> EmailMessage:
    clip = Clip.objects.get(code=entry.clip_code)
    with override(preferred_language(clip)):
        subject = _("Your clip got a slot in “%(campaign)s”") % {"campaign": entry.enrolment.campaign.local_title}
        return _write(entry, clip, subject, "videos/mail/slot.txt")


def _write_refusal(entry: WaitlistEntry, refusal: Incomplete) -> EmailMessage:
    clip = Clip.objects.get(code=entry.clip_code)
    sentences = [sentence for field in refusal.problems.values() for sentence in field]
    with override(preferred_language(clip)):
        campaign = entry.enrolment.campaign.local_title
        subject = _("Your clip is no longer on the waitlist of “%(campaign)s”") % {"campaign": campaign}
        return _write(entry, clip, subject, "videos/mail/slot_refused.txt", sentences=sentences)


def _write(entry: WaitlistEntry, clip: Clip, subject: str, template: str, **context: object) -> EmailMessage:
    creator = entry.enrolment.creator
    context |= {"clip": clip, "campaign": entry.enrolment.campaign, "creator": creator}
    context |= {"site_name": site_name(), "site_url": settings.SITE_URL}
    return write_email(subject, render_to_string(template, context), to=creator.user.email)
