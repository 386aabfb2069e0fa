"""Posts outside campaigns: who may make them, and how many may be open at a time."""

from datetime import datetime

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalog.models.site import Posters
from catalog.site import current_site
from creators.models import Creator, Enrolment
from creators.models.waitlist import OPEN_CLIPS_PER_APPROVAL
from videos.models import Clip
from videos.states import WITHDRAWABLE, ClipState

OPEN = WITHDRAWABLE | {ClipState.APPEALED}


class TooManyPosts(Exception):
    """A refusal to submit another post before moderators have decided about those that are open."""


def find_posting_refusal(creator: Creator) -> str:
    """Return why this person may not post without a campaign, or an empty string. The site settings say who may.

    Whoever has joined a campaign may in any case.
    """
    posters = current_site().posters
    if posters == Posters.MEMBERS or Enrolment.objects.filter(creator=creator).exists():
        return ""
    if posters == Posters.CREATORS:
        return _("In this shop only creators who have joined a campaign can post. Join one first.")
    if creator.user.has_bought:
        return ""
    return _("Only people who have bought something here can post. Buy something first.")


def find_film_refusal(creator: Creator, *, now: datetime) -> str:
    """Return why this person has to choose a campaign for a film, or may not post one, or an empty string.

    Creators with an open campaign always choose one, so that nobody forgoes a fee by leaving a field empty.
    """
    joined = Enrolment.objects.filter(creator=creator).select_related("campaign__terms", "terms")
    if current_site().posters == Posters.CREATORS or any(enrolment.is_open_at(now) for enrolment in joined):
        return _("Choose one of the campaigns you have joined.")
    return find_posting_refusal(creator)


def refuse_too_many_posts(clip: Clip) -> None:
    """Raise TooManyPosts unless the author may have one more open post outside campaigns: few at first, then more.

    Another submission of theirs waits for this one.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('open posts', %s))", [clip.creator_id])
    posts = Clip.objects.filter(creator=clip.creator_id, enrolment=None).exclude(pk=clip.pk)
    count, approved = posts.filter(state__in=OPEN).count(), posts.filter(state=ClipState.PUBLISHED).count()
    if count >= settings.OPEN_CLIPS_WITHOUT_APPROVALS + OPEN_CLIPS_PER_APPROVAL * approved:
        sentence = ngettext(
            "%(count)d of your posts is open, which is as many as you can have until more are approved. Your post was "
            "not submitted.",
            "%(count)d of your posts are open, which is as many as you can have until more are approved. Your post was "
            "not submitted.",
            count,
        )
        raise TooManyPosts(sentence % {"count": count})
