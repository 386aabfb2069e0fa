"""Hashtags, and what the captions of posts name: hashtags and people."""

from collections.abc import Iterable
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from creators.models import Creator
from videos.wording.hashtags import MAX_CHARACTERS, HashtagMatch

MAX_HASHTAGS = 30
MAX_PEOPLE = 10
"""How many hashtags and people the caption of a post may name."""


class HashtagQuerySet(models.QuerySet["Hashtag"]):
    def allowed(self) -> Self:
        """Exclude the hashtags that staff have blocked."""
        return self.filter(block_reason="")

    def ensure(self, matches: Iterable[HashtagMatch]) -> dict[str, "Hashtag"]:
        """Return the hashtags of a text by their keys. Those that are new get a row, and the spelling as their name."""
        spellings = {match.key: match.spelling for match in matches}
        rows = {row.key: row for row in self.filter(key__in=spellings)}
        missing = sorted(spellings.keys() - rows.keys())
        if missing:
            new = [Hashtag(key=key, name=spellings[key]) for key in missing]
            self.bulk_create(new, ignore_conflicts=True)
            rows |= {row.key: row for row in self.filter(key__in=missing)}
        return rows


class Hashtag(models.Model):
    """A hashtag: one row for all spellings of it. `name` is the spelling that most posts use.

    Triggers keep `post_count`, of the published posts of people who are not hidden; see
    `videos/migrations/_hashtag_sql.py`. A hashtag with a `block_reason` has no page, and no link leads there.
    """

    key = models.CharField(_("key"), max_length=MAX_CHARACTERS, unique=True, editable=False)
    name = models.CharField(_("hashtag"), max_length=MAX_CHARACTERS)
    post_count = models.PositiveIntegerField(_("posts"), default=0, db_default=0, editable=False)
    block_reason = models.CharField(
        _("blocked because"),
        max_length=300,
        blank=True,
        default="",
        db_default="",
        help_text=_(
            "A blocked hashtag has no page and no links. Its posts stay. Leave this empty to allow the hashtag."
        ),
    )

    objects = HashtagQuerySet.as_manager()

    class Meta:
        verbose_name = _("hashtag")
        verbose_name_plural = _("hashtags")
        indexes = [models.Index(F("post_count").desc(), "id", name="videos_hashtag_most_used")]

    def __str__(self) -> str:
        return f"#{self.name}"

    def get_absolute_url(self) -> str:
        return reverse("hashtag", args=[self.key])


class PostHashtag(models.Model):
    """A hashtag in the caption of a post, as it was last approved. `published_at` is the post's, for lists in that order."""

    clip = models.ForeignKey("videos.Clip", on_delete=models.CASCADE, related_name="post_hashtags")
    hashtag = models.ForeignKey(Hashtag, on_delete=models.CASCADE, related_name="post_hashtags")
    spelling = models.CharField(max_length=MAX_CHARACTERS)
    published_at = models.DateTimeField()

    class Meta:
        verbose_name = _("hashtag of a post")
        verbose_name_plural = _("hashtags of posts")
        default_permissions = ()
        indexes = [
            models.Index("hashtag", F("published_at").desc(), F("clip").desc(), name="videos_posthashtag_newest"),
        ]
        constraints = [models.UniqueConstraint(fields=["clip", "hashtag"], name="videos_posthashtag_once")]

    def __str__(self) -> str:
        return f"#{self.spelling} {self.clip_id}"


class PostMention(models.Model):
    """A person whom the caption of a post names, as it was last approved. `key` is the handle as it stands there."""

    clip = models.ForeignKey("videos.Clip", on_delete=models.CASCADE, related_name="post_mentions")
    person = models.ForeignKey(Creator, on_delete=models.CASCADE, related_name="post_mentions")
    key = models.CharField(max_length=30)

    class Meta:
        verbose_name = _("mention in a post")
        verbose_name_plural = _("mentions in posts")
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["clip", "person"], name="videos_postmention_once")]

    def __str__(self) -> str:
        return f"@{self.key} {self.clip_id}"


UNREAD_LINKS = Q(links_read_at=None) | Q(links_read_at__lt=F("state_changed_at"))
"""Of published clips: what their captions name has not been read since they were published."""
