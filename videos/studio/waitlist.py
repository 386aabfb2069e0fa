"""Submission of waitlisted clips when slots become free, and e-mails to their creators."""

from contextlib import suppress
from datetime import datetime

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import F, QuerySet
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import override

from catalog.site import site_name
from creators.models import WaitlistEntry, WaitlistState
from creators.slots import SlotRefused
from creators.suspensions import CreatorSuspended, refuse_suspended
from creators.waitlist import settle_waitlist_entry
from videos.models import Clip
from videos.studio.submission import Incomplete, NotSubmittable, submit_clip


def serve_waitlists(*, now: datetime, at_most: int = 200) -> int:
    """Submit waitlisted clips whose campaigns have free slots. Return the number of clips submitted."""
    eligible = WaitlistEntry.objects.waiting().with_free_slots().open_at(now)
    servable = eligible.filter(enrolment__campaign__clips_cap__gt=F("enrolment__campaign__taken_count"))
    return sum(_serve(pk, now) for pk in list(servable.in_order().values_list("pk", flat=True)[:at_most]))


def slots_to_mail() -> QuerySet[WaitlistEntry]:
    """Return entries that got a slot and whose creator has not been e-mailed."""
    return WaitlistEntry.objects.filter(state=WaitlistState.SERVED, mailed_at=None)


def send_slot_emails(*, now: datetime, at_most: int = 100) -> int:
    """E-mail the creators whose waitlisted clips got a slot. Return the number of e-mails sent.

    Each row is locked and marked as mailed in the transaction that sends its e-mail.
    """
    sent = 0
    while sent < at_most:
        with transaction.atomic():
            claimed = slots_to_mail().order_by("settled_at").select_for_update(skip_locked=True, of=("self",))
            entry = claimed.select_related("enrolment__campaign", "enrolment__creator__user").first()
            if entry is None:
                return sent
            WaitlistEntry.objects.filter(pk=entry.pk).update(mailed_at=now)
            _write_email(entry).send()
        sent += 1
    return sent


def _serve(entry_id: int, now: datetime) -> bool:
    """Submit the clip of a waitlist entry. Return False if it was not submitted.

    A clip that is locked or gets no slot stays on the waitlist. A clip that can no longer be submitted leaves it.
    """
    code, creator_id = WaitlistEntry.objects.values_list("clip_code", "enrolment__creator").get(pk=entry_id)
    with suppress(CreatorSuspended), transaction.atomic():
        refuse_suspended(creator_id)
        clip = Clip.objects.select_for_update(skip_locked=True).filter(code=code).first()
        if clip is None or not WaitlistEntry.objects.waiting().filter(pk=entry_id).exists():
            return False
        try:
            with transaction.atomic():
                submit_clip(clip_id=clip.pk, now=now)
        except (Incomplete, NotSubmittable) as refusal:
            if not isinstance(refusal.__cause__, SlotRefused):
                settle_waitlist_entry(clip_code=code, state=WaitlistState.LEFT, now=now)
            return False
        return True
    return False


def _write_email(entry: WaitlistEntry) -> EmailMessage:
    clip, campaign, creator = (
        Clip.objects.get(code=entry.clip_code),
        entry.enrolment.campaign,
        entry.enrolment.creator,
    )
    with override(clip.language):
        context: dict[str, object] = {"clip": clip, "campaign": campaign, "creator": creator}
        context |= {"site_name": site_name(), "site_url": settings.SITE_URL}
        subject = _("Your clip got a slot in “%(campaign)s”") % {"campaign": campaign.local_title}
        return EmailMessage(subject, render_to_string("videos/mail/slot.txt", context), to=[creator.user.email])
