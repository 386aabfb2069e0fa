"""Moderators' decisions on ratings, and the shop's replies. Each is in admin's history of the rating."""

from datetime import datetime

from django.conf import settings
from django.contrib.admin.models import CHANGE, LogEntry
from django.db import transaction
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, override

from accounts.history import history_line
from accounts.letters import write_email
from accounts.models import User
from catalog.site import site_name
from social.models import Rating, RatingState, Report
from social.notifications.occasions import notify_of_rating_reply
from social.ratings.authorship import drop_pictures

HISTORY = {
    RatingState.VISIBLE: gettext_noop("Made visible."),
    RatingState.REMOVED: gettext_noop("Removed: %(reason)s"),
}


class RatingDecisionRefused(Exception):
    """The decision was not stored, and nothing was changed. The message says why."""


@transaction.atomic
def decide_rating(
    *, rating_id: int, revision: int, state: RatingState, reason: str, moderator: User, now: datetime
) -> None:
    """Make a rating visible, or remove it with a reason that its author reads. The pictures of a removed one are deleted.

    `revision` is what the moderator saw. The author is told by email. Raises RatingDecisionRefused if another moderator was
    first, if the author has changed or deleted the rating meanwhile, or if the moderator wrote it.
    """
    rating = Rating.objects.select_related("user", "product").filter(pk=rating_id).first()
    if rating is None:
        raise RatingDecisionRefused(_("Its author has deleted this rating."))
    if rating.user_id == moderator.pk:
        raise RatingDecisionRefused(_("You can't decide on your own rating."))
    if state == RatingState.REMOVED and not reason:
        raise RatingDecisionRefused(_("Enter a reason. The author reads it."))
    if rating.state == state:
        raise RatingDecisionRefused(_("Another moderator has decided on this rating already."))
    values = {"hold_reason": "", "removal_reason": reason if state == RatingState.REMOVED else ""}
    if not Rating.objects.filter(revision=revision).move(rating.pk, rating.state, state, **values):
        raise RatingDecisionRefused(_("This rating was changed meanwhile. Read it again."))
    if state == RatingState.REMOVED:
        drop_pictures(rating.pictures.all())
    _record(rating, moderator, history_line(HISTORY[state], reason=reason))
    _tell_author(rating, state, reason)


def remove_reported_rating(*, rating_id: int, moderator: User, now: datetime) -> None:
    """Remove a rating because of the reports on it, unless it is removed already. The author reads their main reason."""
    rating = Rating.objects.select_for_update().filter(pk=rating_id).first()
    if rating is None or rating.state == RatingState.REMOVED:
        return
    report = Report.objects.filter(rating=rating).earliest("created_at", "pk")
    with override(rating.user.language or settings.LANGUAGE_CODE):
        reason = str(report.get_reason_display())
    decide_rating(
        rating_id=rating.pk,
        revision=rating.revision,
        state=RatingState.REMOVED,
        reason=reason,
        moderator=moderator,
        now=now,
    )


@transaction.atomic
def reply_to_rating(*, rating: Rating, seen_words: str, words: str, by: User, now: datetime) -> None:
    """Write, change or, with empty words, delete the shop's reply. `seen_words` is the reply that the writer saw.

    Raises RatingDecisionRefused if a colleague has written another reply meanwhile.
    """
    values = {"reply_words": words, "replied_at": now if words else None, "replied_by": by if words else None}
    if not Rating.objects.filter(pk=rating.pk, reply_words=seen_words).update(**values):
        raise RatingDecisionRefused(_("A colleague has changed the reply meanwhile. Read it again."))
    if words and not seen_words:
        notify_of_rating_reply(rating, now=now)
    _record(rating, by, gettext_noop("Replied.") if words else gettext_noop("Reply deleted."))


def _record(rating: Rating, by: User, sentence: str) -> None:
    LogEntry.objects.log_actions(by.pk, [rating], CHANGE, change_message=sentence, single_object=True)


def _tell_author(rating: Rating, state: RatingState, reason: str) -> None:
    author = rating.user
    if not author.is_active:
        return
    with override(author.language or settings.LANGUAGE_CODE):
        is_removed = state == RatingState.REMOVED
        subject = _("Your rating was removed") if is_removed else _("Your rating is visible now")
        context = {"rating": rating, "is_removed": is_removed, "reason": reason}
        context |= {"site_url": settings.SITE_URL, "site_name": site_name()}
        write_email(subject, render_to_string("social/mail/rating_decided.txt", context), to=author.email).send()
