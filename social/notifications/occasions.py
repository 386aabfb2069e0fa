"""What people do to each other, as notifications. Whoever stores it calls these functions in the same transaction."""

from datetime import datetime

from accounts.models import User
from creators.models import Creator
from social.models import Comment, CommentState, Mention, Notification, NotificationKind, Rating
from social.notifications.inbox import Repeat, notify
from videos.models import Clip

_ABOUT_COMMENTS = (NotificationKind.REPLY, NotificationKind.COMMENT, NotificationKind.MENTION)


def notify_of_like(clip: Clip, *, by: User, now: datetime) -> None:
    """Tell the author of a post, in one row for all who like it."""
    owner = Creator.objects.only("user_id").get(pk=clip.creator_id)
    notify(
        NotificationKind.LIKES,
        reader_ids=[owner.user_id],
        subject_id=clip.pk,
        actor_id=by.pk,
        is_named=False,
        repeat=Repeat.GROUP,
        now=now,
    )


def notify_of_comment_like(comment: Comment, *, by: User, now: datetime) -> None:
    """Tell the author of a comment, in one row for all who like it."""
    if comment.author is not None:
        notify(
            NotificationKind.COMMENT_LIKES,
            reader_ids=[comment.author.user_id],
            subject_id=comment.pk,
            actor_id=by.pk,
            is_named=False,
            repeat=Repeat.GROUP,
            now=now,
        )


def notify_of_follow(creator: Creator, *, by: User, now: datetime) -> None:
    """Tell the followed person. Followers without a profile only count."""
    follower = Creator.objects.filter(user=by).values_list("pk", flat=True).first()
    if follower is not None:
        notify(NotificationKind.FOLLOWER, reader_ids=[creator.user_id], subject_id=follower, actor_id=by.pk, now=now)


def notify_of_comment(comment: Comment, *, now: datetime) -> None:
    """Tell whom a visible comment answers, mentions, or is written to. Each person once, however often it is called."""
    if comment.state != CommentState.VISIBLE or comment.author is None:
        return
    author_id, parent = comment.author.user_id, comment.parent
    answered = {parent.author.user_id} if parent is not None and parent.author is not None else set()
    mentions = Mention.objects.filter(comment=comment, person__isnull=False)
    mentioned = set(mentions.values_list("person__user", flat=True))
    groups = (answered, {comment.clip.creator.user_id}, mentioned)
    informed = set(
        Notification.objects.filter(
            user__in=set().union(*groups), kind__in=_ABOUT_COMMENTS, subject_id=comment.pk
        ).values_list("user", flat=True)
    )
    for kind, people in zip(_ABOUT_COMMENTS, groups, strict=True):
        notify(kind, reader_ids=sorted(people - informed), subject_id=comment.pk, actor_id=author_id, now=now)
        informed |= people


def notify_of_rating_reply(rating: Rating, *, now: datetime) -> None:
    """Tell the author of a rating of the shop's first answer."""
    notify(NotificationKind.RATING_REPLY, reader_ids=[rating.user_id], subject_id=rating.pk, actor_id=None, now=now)
