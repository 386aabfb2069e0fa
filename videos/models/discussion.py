"""What a post knows about the comments on it. The comments themselves are social's."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class CommentAudience(models.TextChoices):
    """Who may comment on a post, as its author says."""

    EVERYONE = "everyone", _("Everyone")
    FOLLOWERS = "followers", _("People who follow me")
    NOBODY = "nobody", _("Nobody")


class SlowMode(models.IntegerChoices):
    """How many seconds a person waits between two comments on a post."""

    OFF = 0, _("Off")
    TEN_SECONDS = 10, _("10 seconds")
    ONE_MINUTE = 60, _("1 minute")
    FIVE_MINUTES = 300, _("5 minutes")


class Discussion(models.Model):
    """The columns of a post about its comments. Triggers of social keep `comment_count`, of the comments that all see."""

    comment_count = models.PositiveIntegerField(_("comments"), default=0, db_default=0, editable=False)
    comment_audience = models.CharField(
        _("who may comment"),
        max_length=10,
        choices=CommentAudience,
        default=CommentAudience.EVERYONE,
        db_default=CommentAudience.EVERYONE,
    )
    comment_pause_s = models.PositiveSmallIntegerField(
        _("slow mode"), choices=SlowMode, default=SlowMode.OFF, db_default=SlowMode.OFF
    )

    class Meta:
        abstract = True
