"""Moderators' decisions on ratings, and the replies of the shop and of merchants. Each is in admin's history of the rating."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.admin.models import CHANGE, LogEntry
from django.db import transaction
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, override

from accounts.history import history_line
from accounts.letters import write_email
from accounts.models import User
from catalog.models import Merchant
from catalog.site import site_name
from social.models import Rating, RatingState, Removal, RemovalReason, Report, ReportReason
from social.notifications.occasions import notify_of_rating_reply
from social.refusals import ModerationRefused
from social.removals.records import end_removals, reason_for_owner, record_removal, removal_for_report

HISTORY = {
    RatingState.VISIBLE: gettext_noop("Made visible."),
    RatingState.REMOVED: gettext_noop("Removed: %(reason)s"),
}


@transaction.atomic
def decide_rating(
    *,
    rating_id: int,
    revision: int,
    state: RatingState,
    words: str,
    moderator: User,
    now: datetime,
    reason: RemovalReason = RemovalReason.OTHER,
) -> None:
    """Make a rating visible, or remove it for a reason that its author reads. Nobody else sees its pictures then.

    `words` say more about the reason; without any other, they are needed. `revision` is what the moderator saw. The author
    is told by email. Raises ModerationRefused if another moderator was first, if the author has changed or deleted the rating
    meanwhile, or if the moderator wrote it.
    """
    rating = _find(rating_id, moderator)
    is_removed = state == RatingState.REMOVED
    if is_removed and not words and reason == RemovalReason.OTHER:
        raise ModerationRefused(_("Enter a reason. The author reads it."))
    if rating.state == state:
        raise ModerationRefused(_("Another moderator has decided on this rating already."))
    sentence = reason_for_owner(reason, words, rating.user) if is_removed else ""
    _move(rating, revision, state, sentence, moderator)
    if is_removed:
        removal = record_removal(subject=rating, owner=rating.user, reason=reason, words=words, by=moderator, now=now)
        _tell_author(rating, removal, sentence)
    else:
        end_removals(rating=rating)
        _tell_author(rating)


def restore_rating(*, removal: Removal, moderator: User) -> None:
    """Make a rating visible whose removal was appealed. Raises ModerationRefused."""
    rating = _find(removal.rating_id or 0, moderator)
    if rating.state != RatingState.REMOVED:
        raise ModerationRefused(_("This rating was changed meanwhile. Read it again."))
    _move(rating, rating.revision, RatingState.VISIBLE, "", moderator)


def remove_reported_rating(*, rating_id: int, moderator: User, now: datetime) -> None:
    """Remove a rating because of the reports on it, unless it is removed already. The author reads their main reason."""
    rating = Rating.objects.select_for_update().filter(pk=rating_id).first()
    if rating is None or rating.state == RatingState.REMOVED:
        return
    report = Report.objects.filter(rating=rating).earliest("created_at", "pk")
    decide_rating(
        rating_id=rating.pk,
        revision=rating.revision,
        state=RatingState.REMOVED,
        words=str(report.get_reason_display()) if report.reason == ReportReason.OTHER else "",
        reason=removal_for_report(report.reason),
        moderator=moderator,
        now=now,
    )


@transaction.atomic
def reply_to_rating(
    *, rating: Rating, seen_words: str, words: str, by: User, now: datetime, merchant: Merchant | None = None
) -> None:
    """Write, change or, with empty words, delete the seller's reply, in the name of a merchant or else of the shop.

    `seen_words` is the reply that the writer saw. A merchant changes no reply of the shop. Raises ModerationRefused if a colleague has written another reply meanwhile.
    """
    values: dict[str, Any] = {"reply_words": "", "replied_at": None, "replied_by": None, "replied_for": None}
    if words:
        values = {"reply_words": words, "replied_at": now, "replied_by": by, "replied_for": merchant}
    replies = Rating.objects.filter(pk=rating.pk, reply_words=seen_words)
    if merchant and seen_words:
        replies = replies.filter(replied_for=merchant)
    if not replies.update(**values):
        raise ModerationRefused(_("A colleague has changed the reply meanwhile. Read it again."))
    if words and not seen_words:
        notify_of_rating_reply(rating, now=now)
    _record(rating, by, gettext_noop("Replied.") if words else gettext_noop("Reply deleted."))


def _find(rating_id: int, moderator: User) -> Rating:
    """Raises ModerationRefused if the author has deleted the rating, or is the moderator."""
    rating = Rating.objects.select_related("user", "product").filter(pk=rating_id).first()
    if rating is None:
        raise ModerationRefused(_("Its author has deleted this rating."))
    if rating.user_id == moderator.pk:
        raise ModerationRefused(_("You can't decide on your own rating."))
    return rating


def _move(rating: Rating, revision: int, state: RatingState, reason: str, moderator: User) -> None:
    """Raises ModerationRefused if the rating has changed since it was read."""
    values = {"hold_reason": "", "removal_reason": reason}
    if not Rating.objects.filter(revision=revision).move(rating.pk, rating.state, state, **values):
        raise ModerationRefused(_("This rating was changed meanwhile. Read it again."))
    _record(rating, moderator, history_line(HISTORY[state], reason=reason))


def _record(rating: Rating, by: User, sentence: str) -> None:
    LogEntry.objects.log_actions(by.pk, [rating], CHANGE, change_message=sentence, single_object=True)


def _tell_author(rating: Rating, removal: Removal | None = None, reason: str = "") -> None:
    """Tell the author that the rating is visible or, with `removal`, why it was removed."""
    author = rating.user
    if not author.is_active:
        return
    with override(author.language or settings.LANGUAGE_CODE):
        subject = _("Your rating was removed") if removal else _("Your rating is visible now")
        context = {"rating": rating, "removal": removal, "reason": reason}
        context |= {"site_url": settings.SITE_URL, "site_name": site_name()}
        write_email(subject, render_to_string("social/mail/rating_decided.txt", context), to=author.email).send()
