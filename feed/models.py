"""Viewers, their events, ranking goals, event counts per clip, and sponsored places."""

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from feed.sponsored.models import SponsoredDay, SponsoredPlace, SponsoredView

__all__ = [
    "ClipCount",
    "Dial",
    "Event",
    "EventKind",
    "Goal",
    "ModelFit",
    "SponsoredDay",
    "SponsoredPlace",
    "SponsoredView",
    "Viewer",
]


class Dial(models.IntegerChoices):
    """The commerce dial: how many of any eight consecutive clips may earn money for their creators."""

    ALL = 8, _("No limit")
    HALF = 4, _("At most 1 in 2")
    QUARTER = 2, _("At most 1 in 4")
    FOLLOWED = 0, _("Only from creators I follow")


class Viewer(models.Model):
    """Someone who watches the feed, signed in or not. The row is created with the first event or choice."""

    key = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, blank=True, related_name="viewer"
    )
    merged_into = models.ForeignKey("self", on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    interests = ArrayField(models.BigIntegerField(), default=list, db_default=[], help_text="Ids of categories.")
    dial = models.PositiveSmallIntegerField(_("commerce dial"), choices=Dial, default=Dial.ALL, db_default=Dial.ALL)
    reason_factors = models.JSONField(default=dict, db_default={}, help_text="Factor on the weight of each reason.")
    liked = ArrayField(models.BigIntegerField(), default=list, db_default=[])
    saved = ArrayField(models.BigIntegerField(), default=list, db_default=[])
    hidden = ArrayField(models.BigIntegerField(), default=list, db_default=[])
    followed = ArrayField(models.BigIntegerField(), default=list, db_default=[], help_text="Ids of creators.")
    hidden_creators = ArrayField(models.BigIntegerField(), default=list, db_default=[], help_text="Ids of creators.")
    welcomed_at = models.DateTimeField(null=True, blank=True)
    started_over_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    network = models.CharField(
        max_length=16,
        blank=True,
        default="",
        db_default="",
        editable=False,
        help_text="Keyed hash of the network that the first event came from, for as long as the ranking learns from it.",
    )

    class Meta:
        verbose_name = _("viewer")
        verbose_name_plural = _("viewers")
        constraints = [
            models.CheckConstraint(condition=Q(dial__in=Dial.values), name="feed_viewer_dial_known"),
        ]

    def __str__(self) -> str:
        return str(self.key)


class EventKind(models.IntegerChoices):
    """A kind of viewer action. The labels are the names used in the API."""

    IMPRESSION = 1, "impression"
    WATCH = 2, "watch"
    LIKE = 3, "like"
    SAVE = 4, "save"
    SHARE = 5, "share"
    FOLLOW = 6, "follow"
    NOT_INTERESTED = 7, "not_interested"
    PRODUCT_OPEN = 8, "product_open"
    PRODUCT_CLICK = 9, "product_click"
    ADD_TO_BAG = 10, "add_to_bag"
    PURCHASE = 11, "purchase"


class Event(models.Model):
    """A viewer's action on a clip that was served. The table is partitioned by the month of `served_at`.

    There is one row per viewer, serving, kind and subject. A repeated report of a watch can lengthen it. Other repeated
    reports change nothing.
    """

    pk = models.CompositePrimaryKey("viewer", "served_at", "clip_id", "kind", "subject_id")
    viewer = models.UUIDField()
    served_at = models.DateTimeField(help_text="When the page with the clip was served, from the signed token.")
    clip_id = models.BigIntegerField(help_text="0 if no clip is involved.")
    kind = models.SmallIntegerField(choices=EventKind)
    subject_id = models.BigIntegerField(help_text="The product, or the creator of a follow; otherwise 0.")
    value = models.IntegerField(help_text="Watched milliseconds; otherwise 1, or 0 if it was undone.")
    loops = models.SmallIntegerField()
    position = models.SmallIntegerField(help_text="Position on the page, from 0; -1 outside the feed.")
    reasons = models.TextField(help_text="Codes of why the clip was shown, strongest first, separated by spaces.")
    at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "feed_event"

    def __str__(self) -> str:
        return f"{EventKind(self.kind).label} {self.clip_id}"


class Goal(models.Model):
    """A ranking goal: the weight that staff have given to one kind of event."""

    kind = models.SmallIntegerField(_("what the viewer does"), choices=EventKind, unique=True)
    weight = models.FloatField(_("weight"))

    class Meta:
        verbose_name = _("goal")
        verbose_name_plural = _("goals")

    def __str__(self) -> str:
        return f"{EventKind(self.kind).label}: {self.weight:g}"


class ClipCount(models.Model):
    """How often a clip was shown and how viewers reacted. `count_clips` in feed/training.py updates the row.

    `trusted_shown` and `trusted_satisfied` count viewers by their trust (feed/ranking/trust.py), for the ranking.
    """

    clip = models.OneToOneField(
        "videos.Clip", on_delete=models.CASCADE, primary_key=True, related_name="+", verbose_name=_("clip")
    )
    shown = models.BigIntegerField(_("shown"), default=0)
    satisfied = models.BigIntegerField(_("watched with satisfaction"), default=0)
    likes = models.BigIntegerField(_("likes"), default=0)
    saves = models.BigIntegerField(_("saves"), default=0)
    product_opens = models.BigIntegerField(_("product opens"), default=0)
    purchases = models.BigIntegerField(_("purchases"), default=0)
    trusted_shown = models.FloatField(_("shown to known viewers"), null=True)
    trusted_satisfied = models.FloatField(_("watched with satisfaction by known viewers"), null=True)

    class Meta:
        verbose_name = _("counts of a clip")
        verbose_name_plural = _("counts of clips")
        indexes = [models.Index(fields=["shown"], name="feed_clip_count_by_shown")]

    def __str__(self) -> str:
        return str(self.clip)


class ModelFit(models.Model):
    """A fit of the ranking model that ended, after which its model is served. Those of the last day are kept."""

    finished_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["finished_at"], name="feed_model_fit_by_end")]

    def __str__(self) -> str:
        return f"{self.finished_at:%Y-%m-%d %H:%M}"
