"""Notifications in words, in the active language. They never hold what somebody wrote."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from accounts.templatetags.isolation import isolate
from creators.models import Creator
from shop.states import ParcelState
from social.models import Notification, NotificationKind
from social.notifications.subjects import likes_of_comments, likes_of_posts, load_subjects
from videos.models import DecisionAction


@dataclass(frozen=True)
class Line:
    """A notification as its reader sees it. `person` is who did it, if it is one person with a profile."""

    notification: Notification
    text: str
    target: str
    person: Creator | None = None


@dataclass(frozen=True)
class Crowd:
    """Who likes something: how many, and who was the last of those with a profile."""

    count: int
    last: Creator | None


NOBODY = Crowd(0, None)


def describe(reader: User, notifications: Sequence[Notification]) -> list[Line]:
    """Return the notifications in words. Those whose subject is gone, or hidden from the reader by now, are left out."""
    rows = list(notifications)
    subjects = load_subjects(reader, rows)
    ids = {kind: [row.subject_id for row in rows if row.kind == kind] for kind in CROWDS}
    crowds = {kind: _count(CROWDS[kind](reader), CROWD_OF[kind], ids[kind]) for kind in CROWDS if ids[kind]}
    lines = []
    for row in rows:
        subject = subjects.get((row.kind, row.subject_id))
        if subject is not None:
            crowd = crowds.get(NotificationKind(row.kind), {}).get(row.subject_id, NOBODY)
            lines.append(_WRITERS[NotificationKind(row.kind)](row, subject, crowd))
    return lines


CROWDS: Mapping[NotificationKind, Callable[[User], QuerySet[Any]]] = {
    NotificationKind.LIKES: likes_of_posts,
    NotificationKind.COMMENT_LIKES: likes_of_comments,
}
CROWD_OF: Mapping[NotificationKind, str] = {NotificationKind.LIKES: "clip", NotificationKind.COMMENT_LIKES: "comment"}


def _count(likes: QuerySet[Any], column: str, subject_ids: Sequence[int]) -> dict[int, Crowd]:
    """Return who likes each subject. Two queries."""
    likes = likes.filter(**{f"{column}__in": subject_ids})
    counts = dict(likes.order_by().values_list(column).annotate(Count("pk")))
    last = likes.filter(user__creator__is_hidden=False).select_related("user__creator")
    last = last.order_by(column, "-created_at", "-pk").distinct(column)
    names = {getattr(like, f"{column}_id"): like.user.creator for like in last}
    return {pk: Crowd(count, names.get(pk)) for pk, count in counts.items()}


def _name(person: Creator) -> str:
    return isolate(person.display_name)


def _post(row: Notification, clip: Any, _crowd: Crowd) -> Line:
    text = _("%(name)s posted something new") % {"name": _name(clip.creator)}
    return Line(row, text, clip.get_absolute_url(), clip.creator)


def _follower(row: Notification, profile: Any, _crowd: Crowd) -> Line:
    return Line(row, _("%(name)s follows you") % {"name": _name(profile)}, profile.get_absolute_url(), profile)


def _likes(row: Notification, clip: Any, crowd: Crowd) -> Line:
    return Line(row, _crowd_text(crowd, comment=False), clip.get_absolute_url(), crowd.last)


def _comment_likes(row: Notification, comment: Any, crowd: Crowd) -> Line:
    return Line(row, _crowd_text(crowd, comment=True), comment.get_absolute_url(), crowd.last)


def _crowd_text(crowd: Crowd, *, comment: bool) -> str:
    if crowd.last is None:
        if comment:
            text = ngettext("%(count)d person likes your comment", "%(count)d people like your comment", crowd.count)
        else:
            text = ngettext("%(count)d person likes your post", "%(count)d people like your post", crowd.count)
        return text % {"count": crowd.count}
    others = crowd.count - 1
    name = _name(crowd.last)
    if not others:
        return (_("%(name)s likes your comment") if comment else _("%(name)s likes your post")) % {"name": name}
    if comment:
        text = ngettext(
            "%(name)s and %(count)d other like your comment", "%(name)s and %(count)d others like your comment", others
        )
    else:
        text = ngettext(
            "%(name)s and %(count)d other like your post", "%(name)s and %(count)d others like your post", others
        )
    return text % {"name": name, "count": others}


def _comment(row: Notification, comment: Any, _crowd: Crowd) -> Line:
    texts = {
        NotificationKind.COMMENT: _("%(name)s commented on your post"),
        NotificationKind.REPLY: _("%(name)s replied to your comment"),
        NotificationKind.MENTION: _("%(name)s mentioned you in a comment"),
    }
    text = texts[NotificationKind(row.kind)] % {"name": _name(comment.author)}
    return Line(row, text, comment.get_absolute_url(), comment.author)


def _rating_reply(row: Notification, rating: Any, _crowd: Crowd) -> Line:
    values = {"product": isolate(rating.product.local_name)}
    if rating.replied_for:
        values["name"] = isolate(rating.replied_for.name)
        text = _("%(name)s answered your rating of %(product)s")
    else:
        text = _("The shop answered your rating of %(product)s")
    return Line(row, text % values, rating.get_absolute_url())


def _decision(row: Notification, decision: Any, _crowd: Crowd) -> Line:
    texts = {
        DecisionAction.APPROVE: _("Your post was approved"),
        DecisionAction.REQUEST_CHANGES: _("A moderator asks you to change your post"),
        DecisionAction.REJECT: _("Your post was rejected"),
        DecisionAction.REMOVE: _("Your post was taken down"),
    }
    target = reverse("studio-clip", args=[decision.clip.code])
    return Line(row, texts[DecisionAction(decision.action)], target)


def _parcel(row: Notification, parcel: Any, _crowd: Crowd) -> Line:
    is_delivered = parcel.state == ParcelState.DELIVERED
    sentence = _("A parcel of your order %(code)s was delivered")
    text = sentence if is_delivered else _("A parcel of your order %(code)s is on its way")
    return Line(row, text % {"code": parcel.order.code}, reverse("order", args=[parcel.order.code]))


def _restock(row: Notification, wish: Any, _crowd: Crowd) -> Line:
    text = _("%(product)s is back in stock") % {"product": isolate(wish.variant.full_name)}
    return Line(row, text, wish.variant.product.get_absolute_url())


def _price_drop(row: Notification, wish: Any, _crowd: Crowd) -> Line:
    names = {"product": isolate(wish.variant.full_name), "price": isolate(wish.variant.price.text)}
    return Line(row, _("%(product)s now costs %(price)s") % names, wish.variant.product.get_absolute_url())


_WRITERS: Mapping[NotificationKind, Callable[[Notification, Any, Crowd], Line]] = {
    NotificationKind.POST: _post,
    NotificationKind.FOLLOWER: _follower,
    NotificationKind.LIKES: _likes,
    NotificationKind.COMMENT: _comment,
    NotificationKind.REPLY: _comment,
    NotificationKind.MENTION: _comment,
    NotificationKind.COMMENT_LIKES: _comment_likes,
    NotificationKind.RATING_REPLY: _rating_reply,
    NotificationKind.DECISION: _decision,
    NotificationKind.PARCEL: _parcel,
    NotificationKind.RESTOCK: _restock,
    NotificationKind.PRICE_DROP: _price_drop,
}
