"""Submitting what waits for a place, in the order in which it came, and telling its creator by e-mail."""

from datetime import datetime

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import F
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import override

from creators.models import WaitlistEntry, WaitlistState
from creators.slots import SlotRefused
from creators.waitlist import settle_waitlist_entry
from videos.models import Clip
from videos.studio.submission import Incomplete, NotSubmittable, submit_clip


def serve_waitlists(*, now: datetime, at_most: int = 200) -> int:
    """Submit waiting clips while their campaigns have room, and return how many got a place."""
    able = WaitlistEntry.objects.waiting().with_own_slots().open_at(now)
    with_room = able.filter(enrolment__campaign__clips_cap__gt=F("enrolment__campaign__taken_count"))
    return sum(_serve(pk, now) for pk in list(with_room.in_order().values_list("pk", flat=True)[:at_most]))


def send_slot_emails(*, now: datetime, at_most: int = 100) -> int:
    """Tell creators whose clip got a place; claimed under a row lock, and marked in the same transaction."""
    sent = 0
    while sent < at_most:
        with transaction.atomic():
            served = WaitlistEntry.objects.filter(state=WaitlistState.SERVED, mailed_at=None).order_by("settled_at")
            claimed = served.select_for_update(skip_locked=True, of=("self",))
            row = claimed.select_related("enrolment__campaign", "enrolment__creator__user").first()
            if row is None:
                return sent
            WaitlistEntry.objects.filter(pk=row.pk).update(mailed_at=now)
            _write(row).send()
        sent += 1
    return sent


def _serve(waiting_id: int, now: datetime) -> bool:
    """Claim one row by its clip's lock and submit the clip; what cannot be submitted any more leaves the list."""
    code = WaitlistEntry.objects.values_list("clip_code", flat=True).get(pk=waiting_id)
    with transaction.atomic():
        clip = Clip.objects.select_for_update(skip_locked=True).filter(code=code).first()
        if clip is None or not WaitlistEntry.objects.waiting().filter(pk=waiting_id).exists():
            return False
        try:
            with transaction.atomic():
                submit_clip(clip_id=clip.pk, now=now)
        except (Incomplete, NotSubmittable) as refusal:
            if not isinstance(refusal.__cause__, SlotRefused):
                settle_waitlist_entry(clip_code=code, state=WaitlistState.LEFT, now=now)
            return False
    return True


def _write(row: WaitlistEntry) -> EmailMessage:
    clip = Clip.objects.get(code=row.clip_code)
    with override(clip.language):
        words: dict[str, object] = {"clip": clip, "campaign": row.enrolment.campaign, "creator": row.enrolment.creator}
        words |= {"site_name": settings.SITE_NAME, "site_url": settings.SITE_URL}
        return EmailMessage(
            _("Your clip got its place in “%(campaign)s”") % {"campaign": row.enrolment.campaign.title},
            render_to_string("videos/mail/slot.txt", words),
            to=[row.enrolment.creator.user.email],
        )
