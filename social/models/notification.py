"""Notifications, who wants which, the day of everybody's last digest, and posts that followers are told about."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from videos.models import Clip


class NotificationKind(models.TextChoices):
    """What a notification is about. Its subject is a row of another table for each kind: see social.notifications.subjects."""

    POST = "post", _("New posts of people you follow")
    FOLLOWER = "follower", _("New followers")
    LIKES = "likes", _("Likes of your posts")
    COMMENT = "comment", _("Comments on your posts")
    REPLY = "reply", _("Replies to your comments")
    MENTION = "mention", _("Mentions of you")
    COMMENT_LIKES = "comment_likes", _("Likes of your comments")
    RATING_REPLY = "rating_reply", _("Answers to your ratings")
    DECISION = "decision", _("Decisions on your posts")
    PARCEL = "parcel", _("Parcels of your orders")
    RESTOCK = "restock", _("Products that are back in stock")
    PRICE_DROP = "price_drop", _("Lower prices")


class MailChoice(models.TextChoices):
    OFF = "off", _("No emails")
    INSTANT = "instant", _("At once")
    DAILY = "daily", _("Once a day")


class NotificationQuerySet(models.QuerySet["Notification"]):
    def unread(self) -> Self:
        return self.filter(read_at=None)


class Notification(models.Model):
    """Something that a user may want to know. It has no words: they are written from the subject whenever it is shown.

    There is one row for each user, kind and subject; new likes of a post make its row unread again. `mail` and
    `is_push_due` say what is still to be sent. Rows that are not listed exist only for that.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, db_index=False, related_name="+")
    kind = models.CharField(max_length=16, choices=NotificationKind)
    subject_id = models.BigIntegerField()
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        null=True,
        related_name="+",
        help_text="Whose doing it is; of likes nobody's, since they are of many.",
    )
    happened_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    is_listed = models.BooleanField(default=True)
    mail = models.CharField(max_length=8, choices=MailChoice, default=MailChoice.OFF)
    is_push_due = models.BooleanField(default=False)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["user", "kind", "subject_id"], name="social_notification_once"),
        ]
        indexes = [
            models.Index(
                fields=["user", "-happened_at", "-id"],
                condition=Q(is_listed=True),
                name="social_notification_newest",
            ),
            models.Index(fields=["user"], condition=Q(is_listed=True, read_at=None), name="social_notification_unread"),
            models.Index(fields=["mail", "user"], condition=~Q(mail="off"), name="social_notification_to_mail"),
            models.Index(fields=["id"], condition=Q(is_push_due=True), name="social_notification_to_push"),
            models.Index(fields=["happened_at"], name="social_notification_by_date"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject_id}"


class NotificationChoice(models.Model):
    """How a user wants one kind of notification. Without a row, the defaults of social.notifications.kinds hold."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=16, choices=NotificationKind)
    on_site = models.BooleanField()
    mail = models.CharField(max_length=8, choices=MailChoice)
    push = models.BooleanField()

    class Meta:
        verbose_name = _("choice of notifications")
        verbose_name_plural = _("choices of notifications")
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["user", "kind"], name="social_notification_choice_once")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.kind}"


class DigestDay(models.Model):
    """The day, in the user's time zone, of the last digest that a user got."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="+")
    sent_on = models.DateField(null=True)

    class Meta:
        verbose_name = _("day of a digest")
        verbose_name_plural = _("days of digests")
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.user_id} {self.sent_on}"


class PostAnnouncement(models.Model):
    """A published post of which followers are told, once. `last_follow_id` is how far that got."""

    clip = models.OneToOneField(Clip, on_delete=models.CASCADE, primary_key=True, related_name="+")
    last_follow_id = models.BigIntegerField(default=0)
    is_done = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("announcement of a post")
        verbose_name_plural = _("announcements of posts")
        default_permissions = ()
        indexes = [models.Index(fields=["clip"], condition=Q(is_done=False), name="social_announcement_open")]

    def __str__(self) -> str:
        return str(self.clip_id)
