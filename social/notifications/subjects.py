"""What notifications are about. Only those are shown and sent whose subject their reader may see at that moment."""

from collections.abc import Callable, Mapping
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Exists, F, Model, OuterRef, Q, QuerySet

from accounts.access import is_adult
from accounts.blocks import hidden_from
from accounts.models import User
from catalog.models import Product, Variant
from creators.models import Creator
from shop.models import Parcel
from shop.states import ParcelState
from social.models import Comment, CommentLike, Follow, Like, Notification, NotificationKind, Rating, RatingState, Wish
from social.models.notification import NotificationQuerySet
from videos.models import Clip, Decision


def likes_of_posts(reader: User) -> QuerySet[Like]:
    """Return the likes of posts of which a reader may know: of others who are active, and not hidden from them."""
    return Like.objects.filter(user__is_active=True).exclude(Q(user=reader) | hidden_from(reader.pk))


def likes_of_comments(reader: User) -> QuerySet[CommentLike]:
    """Return the likes of comments of which a reader may know."""
    return CommentLike.objects.filter(user__is_active=True).exclude(Q(user=reader) | hidden_from(reader.pk))


def _liked_posts(reader: User) -> QuerySet[Clip]:
    is_liked = Exists(likes_of_posts(reader).filter(clip=OuterRef("pk")))
    return Clip.objects.published().filter(is_liked, creator__user=reader)


def _liked_comments(reader: User) -> QuerySet[Comment]:
    is_liked = Exists(likes_of_comments(reader).filter(comment=OuterRef("pk")))
    return _comments(reader).filter(is_liked, author__user=reader)


def _comments(reader: User) -> QuerySet[Comment]:
    return Comment.objects.public().filter(clip__in=Clip.objects.shown_to(reader)).select_related("author", "clip")


def _followers(reader: User) -> QuerySet[Creator]:
    follows = Follow.objects.filter(user=OuterRef("user"), creator__user=reader)
    return Creator.objects.public().filter(Exists(follows))


def _answered_ratings(reader: User) -> QuerySet[Rating]:
    own = Rating.objects.owned_by(reader).filter(state=RatingState.VISIBLE, product__in=_products(reader))
    return own.exclude(reply_words="").select_related("product", "replied_for")


def _decisions(reader: User) -> QuerySet[Decision]:
    return Decision.objects.effective().filter(clip__creator__user=reader).select_related("clip")


def _parcels(reader: User) -> QuerySet[Parcel]:
    states = (ParcelState.SENT, ParcelState.DELIVERED)
    return Parcel.objects.filter(order__user=reader, state__in=states).select_related("order")


def _restocked(reader: User) -> QuerySet[Wish]:
    return _wishes(reader).filter(Q(variant__is_counted=False) | Q(variant__stock__gt=0))


def _cheaper(reader: User) -> QuerySet[Wish]:
    return _wishes(reader).filter(variant__price_minor__lt=F("price_minor"))


def _wishes(reader: User) -> QuerySet[Wish]:
    variants = Variant.objects.buyable().filter(product__in=_products(reader))
    return Wish.objects.owned_by(reader).filter(variant__in=variants).select_related("variant__product")


def _products(reader: User) -> QuerySet[Product]:
    return Product.objects.on_sale().suitable_for(is_adult=is_adult(reader))


def _posts(reader: User) -> QuerySet[Clip]:
    return Clip.objects.shown_to(reader).select_related("creator")


SUBJECTS: Mapping[NotificationKind, Callable[[User], QuerySet[Any]]] = {
    NotificationKind.POST: _posts,
    NotificationKind.FOLLOWER: _followers,
    NotificationKind.LIKES: _liked_posts,
    NotificationKind.COMMENT: _comments,
    NotificationKind.REPLY: _comments,
    NotificationKind.MENTION: _comments,
    NotificationKind.COMMENT_LIKES: _liked_comments,
    NotificationKind.RATING_REPLY: _answered_ratings,
    NotificationKind.DECISION: _decisions,
    NotificationKind.PARCEL: _parcels,
    NotificationKind.RESTOCK: _restocked,
    NotificationKind.PRICE_DROP: _cheaper,
}
"""Maps each kind to the subjects of which a reader may be told now."""


def shown_to(reader: User, rows: NotificationQuerySet) -> NotificationQuerySet:
    """Return those of a reader's notifications whose subjects, and whose actors, they may see now.

    Only the kinds among the rows become part of the statement: all of them take Python twenty milliseconds to write.
    """
    kinds = list(rows.order_by().values_list("kind", flat=True).distinct())
    if not kinds:
        return rows.none()
    is_shown = (Q(kind=kind) & Q(Exists(_subject(SUBJECTS[NotificationKind(kind)](reader)))) for kind in kinds)
    return rows.filter(reduce(or_, is_shown)).exclude(hidden_from(reader.pk, "actor"))


def load_subjects(reader: User, notifications: list[Notification]) -> dict[tuple[str, int], Model]:
    """Return the subjects that the reader may see, by kind and id: one query for each kind among the notifications."""
    ids: dict[str, list[int]] = {}
    for notification in notifications:
        ids.setdefault(notification.kind, []).append(notification.subject_id)
    return {
        (kind, subject.pk): subject
        for kind, subject_ids in ids.items()
        for subject in SUBJECTS[NotificationKind(kind)](reader).filter(pk__in=subject_ids)
    }


def _subject(rows: QuerySet[Any]) -> QuerySet[Any]:
    return rows.filter(pk=OuterRef("subject_id"))
