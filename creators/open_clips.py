"""How many of a creator's clips may be open in all campaigns together: few at first, and more with each approval.

A campaign's own limit would not do: a stranger could take that many slots in each campaign.
"""

from django.conf import settings
from django.db import connection
from django.db.models import Sum
from django.utils.translation import ngettext

from creators.models import Enrolment, WaitlistEntry
from creators.models.waitlist import OPEN_CLIPS_PER_APPROVAL
from creators.slots import SlotRefused, TooManyOpen


class DeskBehind(SlotRefused):
    """A slot that was refused because moderators are far behind, and no clip of the creator has been approved yet."""


def refuse_too_many(*, creator_id: int, with_waiting_except: str | None = None) -> None:
    """Raise TooManyOpen unless the creator may have one more open clip. Another submission of theirs waits for this one.

    If a clip's code is given, clips on waitlists count as well, except this one.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('open clips', %s))", [creator_id])
    own = Enrolment.objects.filter(creator=creator_id)
    counts = own.aggregate(held=Sum("held_count", default=0), earned=Sum("earned_count", default=0))
    count = counts["held"]
    if with_waiting_except is not None:
        waiting = WaitlistEntry.objects.waiting().filter(enrolment__creator=creator_id)
        count += waiting.exclude(clip_code=with_waiting_except).count()
    if count >= settings.OPEN_CLIPS_WITHOUT_APPROVALS + OPEN_CLIPS_PER_APPROVAL * counts["earned"]:
        raise _explain(count)


def has_approvals(creator_id: int) -> bool:
    """Return whether a clip of the creator has been approved in any campaign."""
    return Enrolment.objects.filter(creator=creator_id, earned_count__gt=0).exists()


def _explain(count: int) -> TooManyOpen:
    sentence = ngettext(
        "%(count)d of your clips is open, which is as many as you can have until more are approved. Your clip was not "
        "submitted. Wait for a decision, make the changes that were requested, or withdraw a clip.",
        "%(count)d of your clips are open, which is as many as you can have until more are approved. Your clip was not "
        "submitted. Wait for a decision, make the changes that were requested, or withdraw a clip.",
        count,
    )
    return TooManyOpen(sentence % {"count": count})
