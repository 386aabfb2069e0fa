"""Moderators' decisions on notices: what is done about the pages, and the reasons for both sides."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.admin.models import CHANGE, LogEntry
from django.db import transaction
from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, override

from accounts.history import history_line
from accounts.models import User
from catalog.merchants.listing_reviews import take_off_sale
from catalog.models import Product
from social.comments.decisions import decide_comment
from social.models import (
    INFRINGEMENTS_WITHIN,
    CommentState,
    LegalNotice,
    NoticeAction,
    NoticedPage,
    NoticeState,
    ProfilePart,
    RatingState,
    Removal,
    RemovalReason,
)
from social.notices.intake import tell_sender
from social.notices.pages import find_clip, find_comment, find_profile, find_rating, find_shown
from social.ratings.decisions import decide_rating
from social.refusals import ModerationRefused
from social.removals.profiles import remove_from_profile
from videos.models import Reason
from videos.review.take_downs import take_down

DECIDED = gettext_noop("Decided: %(action)s. %(reason)s")


@transaction.atomic
def decide_notice(
    *,
    notice_id: int,
    action: NoticeAction,
    reason: RemovalReason,
    words: str,
    moderator: User,
    now: datetime,
) -> None:
    """Decide on a notice, act on its pages, and tell both sides why. Authors are told by the removals and decisions.

    Raises ModerationRefused, and changes nothing, if a colleague was first, if the moderator sent the notice or made what it
    is about, or if nothing of it is shown any more. Of other pages, such as sellers', staff have removed by hand what was wrong.
    """
    notice = LegalNotice.objects.get(pk=notice_id)
    if notice.user_id == moderator.pk:
        raise ModerationRefused(_("You sent this notice yourself, so another moderator has to decide."))
    decided = {"action": action, "answer": words, "decided_by": moderator, "decided_at": now}
    if not LegalNotice.objects.move(notice.pk, NoticeState.OPEN, NoticeState.DECIDED, **decided):
        raise ModerationRefused(_("Another moderator has decided on this notice already."))
    if action == NoticeAction.REMOVED:
        pages = list(notice.pages.exclude(kind="").order_by("pk"))
        public = find_shown(pages)
        shown = [page for page in pages if page.pk in public]
        if not shown and not notice.pages.filter(kind="").exists():
            raise ModerationRefused(_("Nothing that this notice names is shown any more, or can be removed here."))
        why = {"reason": reason, "words": words, "moderator": moderator, "now": now}
        for page in shown:
            _remove(page, why)
        notice.pages.filter(pk__in=[page.pk for page in shown]).update(acted_at=now)
    line = history_line(DECIDED, action=str(action.value), reason=words)
    LogEntry.objects.log_actions(moderator.pk, [notice], CHANGE, change_message=line, single_object=True)
    notice.refresh_from_db()
    tell_sender(notice, "decided")


def count_infringements(profile_ids: Collection[int], *, now: datetime) -> dict[int, int]:
    """Return how many pages of each of these profiles were removed after notices within the last year. 0 is left out."""
    recent = NoticedPage.objects.filter(profile__in=profile_ids, acted_at__gt=now - INFRINGEMENTS_WITHIN)
    return dict(recent.order_by().values_list("profile").annotate(count=Count("pk")))


def _remove(page: NoticedPage, why: dict[str, Any]) -> None:
    """Remove what a page shows, with the decision that its kind has. Raises ModerationRefused.

    `why` has the reason, words, moderator and time. Authors of comments and ratings, and owners of profiles, appeal against
    the removal, and read there that a notice was sent.
    """
    about: dict[str, Any] = {}
    if page.kind == "clip":
        _take_clip_down(page, **why)
    elif page.kind == "product":
        product = Product.objects.get(slug=page.key)
        take_off_sale(product_id=product.pk, reason=why["words"], decided_by=why["moderator"], now=why["now"])
    elif page.kind == "comment" and (comment := find_comment(page)):
        decide_comment(comment_id=comment.pk, revision=comment.revision, state=CommentState.REMOVED, **why)
        about = {"comment": comment}
    elif page.kind == "rating" and (rating := find_rating(page)):
        decide_rating(rating_id=rating.pk, revision=rating.revision, state=RatingState.REMOVED, **why)
        about = {"rating": rating}
    elif page.kind == "creator" and (profile := find_profile(page)):
        remove_from_profile(creator_id=profile.pk, parts=list(ProfilePart), **why)
        about = {"profile": profile}
    if about:
        Removal.objects.in_force().filter(**about, removed_at=why["now"]).update(notice=page.notice_id)


def _take_clip_down(page: NoticedPage, *, reason: RemovalReason, words: str, moderator: User, now: datetime) -> None:
    """Take a clip down. Its creator reads the reason in their language, and appeals in the studio."""
    clip = find_clip(page)
    if clip is None:
        return
    texts = {}
    for language, _name in settings.LANGUAGES:
        with override(language):
            texts[language] = str(reason.label)
    defaults = {"text": texts, "is_active": False}  # the review desk has reasons of its own
    row, _is_new = Reason.objects.get_or_create(code=f"notice-{reason.value}", defaults=defaults)
    done = take_down(clips=[clip], moderator=moderator, reason=row, words=words, now=now)
    if done.refusals:
        raise ModerationRefused(" ".join(done.refusals))
