"""Likes, saves, hidden clips and follows. Undoing one of them deletes its row."""

from typing import Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from creators.models import Creator
from videos.models import Clip, Hashtag


class OwnedQuerySet[Row: models.Model](models.QuerySet[Row]):
    def owned_by(self, user: User) -> Self:
        return self.filter(user=user)


class Mark(models.Model):
    """Base class for a user's mark on a clip: a like, a save or “Not interested”."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    clip = models.ForeignKey(Clip, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField()

    objects = OwnedQuerySet.as_manager()

    class Meta:
        abstract = True
        constraints = [models.UniqueConstraint(fields=["user", "clip"], name="%(app_label)s_%(class)s_once")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.clip_id}"


class Like(Mark):
    class Meta(Mark.Meta):
        verbose_name = _("like")
        verbose_name_plural = _("likes")


class Save(Mark):
    class Meta(Mark.Meta):
        verbose_name = _("saved clip")
        verbose_name_plural = _("saved clips")
        indexes = [models.Index(fields=["user", "-created_at"], name="social_save_newest")]


class Hidden(Mark):
    """A clip that a user has marked “Not interested”. It is not shown to that user again."""

    class Meta(Mark.Meta):
        verbose_name = _("hidden clip")
        verbose_name_plural = _("hidden clips")


class Follow(models.Model):
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="follows")
    creator = models.ForeignKey(Creator, on_delete=models.CASCADE, related_name="followers")
    created_at = models.DateTimeField()

    objects = OwnedQuerySet.as_manager()

    class Meta:
        verbose_name = _("follow")
        verbose_name_plural = _("follows")
        constraints = [models.UniqueConstraint(fields=["user", "creator"], name="social_follow_once")]
        indexes = [
            models.Index(fields=["user", "-id"], name="social_follow_by_user"),
            models.Index(fields=["creator", "-id"], name="social_follow_of_creator"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.creator_id}"


class HashtagFollow(models.Model):
    """A user follows a hashtag: its posts appear among those of the people whom the user follows."""

    MAX_PER_USER = 200

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="hashtag_follows")
    hashtag = models.ForeignKey(Hashtag, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField()

    objects = OwnedQuerySet.as_manager()

    class Meta:
        verbose_name = _("followed hashtag")
        verbose_name_plural = _("followed hashtags")
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["user", "hashtag"], name="social_hashtagfollow_once")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.hashtag_id}"
