"""The clip: a film or photos, with a caption and product tags."""

import secrets
from datetime import datetime
from typing import Any, Self

from django.conf import settings
from django.db import models, transaction
from django.db.models import F, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.access import is_adult
from accounts.blocks import hidden_from
from accounts.models import User
from accounts.transitions import TransitionQuerySet
from accounts.trigrams import search_index
from catalog.models import Product
from creators.models import ClipKind, Creator, Enrolment
from creators.suspensions import refuse_suspended
from videos.models.discussion import Discussion
from videos.models.hashtag import UNREAD_LINKS
from videos.models.interest import Declaration, ad_label_for, interest_expression
from videos.models.photo import Medium, Photo
from videos.models.product_tag import ProductTag
from videos.models.source import Source
from videos.states import EDITABLE, MOVES, RESUMABLE, UNDOABLE, ClipState

CODE_LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"
"""The characters used in clip codes. Letters and digits that are easily confused are left out."""


def new_code() -> str:
    return "".join(secrets.choice(CODE_LETTERS) for _index in range(10))


def is_code(text: str) -> bool:
    """Return whether `text` has the form of a clip code."""
    return len(text) == 10 and set(text) <= set(CODE_LETTERS)


class NotEditable(Exception):
    """The clip's state does not allow its creator to change it."""


class Verdict(models.TextChoices):
    """The creator's opinion of the products. It never affects the review or the fee."""

    RECOMMEND = "recommend", _("I recommend it")
    MIXED = "mixed", _("Mixed feelings")
    NOT_FOR_ME = "not_for_me", _("I wouldn't buy it")


class ClipQuerySet(TransitionQuerySet["Clip"]):
    transitions = {
        state: MOVES[state].union(*(more.get(state, ()) for more in (UNDOABLE, RESUMABLE))) for state in ClipState
    }

    def published(self) -> Self:
        """Return the clips that are live. Those of hidden creators are not."""
        return self.filter(state=ClipState.PUBLISHED, is_hidden=False)

    def owned_by(self, user: User) -> Self:
        return self.filter(creator__user=user)

    def visible_to(self, user: Any) -> Self:
        """Return the clips that the user may watch.

        These are the user's own clips, and published clips that are suitable for the user's age. Moderators may watch
        all clips.
        """
        if user.is_authenticated and user.has_perm("videos.review_clip"):
            return self
        is_own = Q(creator__user=user) if user.is_authenticated else Q(pk__in=())
        is_suitable = Q() if is_adult(user) else Q(is_age_restricted=False)
        return self.filter(Q(is_suitable, state=ClipState.PUBLISHED, is_hidden=False) | is_own)

    def suitable_for(self, *, is_adult: bool) -> Self:
        """Exclude clips with products for adults only, unless the viewer is an adult."""
        return self if is_adult else self.filter(is_age_restricted=False)

    def shown_to(self, user: Any) -> Self:
        """Return the published clips that pages list for a user, or for a visitor."""
        return self.published().suitable_for(is_adult=is_adult(user)).without_blocked(user.pk)

    def without_blocked(self, user_id: int | None) -> Self:
        """Exclude the clips of those who have blocked the user, and of those whom the user has blocked."""
        return self.exclude(hidden_from(user_id, "creator__user", includes_muted=False))

    def waiting_for_review(self) -> Self:
        """Return the clips that wait for a moderator, oldest submission first."""
        waiting = self.filter(state__in=(ClipState.IN_REVIEW, ClipState.APPEALED))
        return waiting.order_by("submitted_at", "pk")

    def with_tags(self) -> Self:
        tags = ProductTag.objects.select_related("product__brand", "product__category", "photo")
        prefetched = models.Prefetch("tags", tags.order_by("photo__position", "start_ms", "pk"))
        return self.with_interest().prefetch_related(prefetched, "tags__product__images")

    def with_photos(self) -> Self:
        """Load the photos of each post, in order. Those that were taken out of it are left out."""
        photos = Photo.objects.exclude(position=None).order_by("position")
        return self.prefetch_related(models.Prefetch("photos", photos, to_attr="shown_photos"))

    def with_interest(self) -> Self:
        """Annotate what a clip's card needs: its commercial interest, for the label, and the first photo of a post."""
        return self.with_cover().annotate(interest=interest_expression())

    def with_cover(self) -> Self:
        """Annotate the stem of the first photo of each post, or None."""
        photos = Photo.objects.filter(clip=OuterRef("pk")).exclude(position=None).order_by("position")
        return self.annotate(cover_stem=Subquery(photos.values("stem")[:1]))

    def start_draft(self, *, creator: Creator, code: str, medium: Medium = Medium.FILM) -> "Clip":
        """Return the creator's clip with this code. Create a draft if there is no such clip.

        The upload form contains the code, so submitting the form twice creates only one clip. If another creator's clip
        has this code, the draft gets a different code. Raises CreatorSuspended.
        """
        with transaction.atomic():
            refuse_suspended(creator.pk)
            clip, _created = self.get_or_create(code=code, defaults={"creator": creator, "medium": medium})
            return clip if clip.creator_id == creator.pk else self.create(creator=creator, medium=medium)

    def move(  # type: ignore[override]  # a clip also needs the time of the change
        self, row_id: int, old: str, new: str, *, now: datetime, **values: Any
    ) -> bool:
        """Change one clip's state and record the time. Return False if the clip was no longer in the old state."""
        return super().move(row_id, old, new, state_changed_at=now, **values)


class Clip(Discussion):
    """A short film or a photo post by a creator, from draft to publication.

    `videos.states` defines its states and transitions. A film has a source, and photos have rows of their own.
    """

    code = models.CharField(_("code"), max_length=12, unique=True, default=new_code, editable=False)
    creator = models.ForeignKey(Creator, on_delete=models.PROTECT, related_name="clips", verbose_name=_("creator"))
    enrolment = models.ForeignKey(
        Enrolment, on_delete=models.PROTECT, null=True, blank=True, related_name="clips", verbose_name=_("campaign")
    )
    medium = models.CharField(
        _("medium"), max_length=6, choices=Medium, default=Medium.FILM, db_default=Medium.FILM.value, editable=False
    )
    state = models.CharField(_("state"), max_length=20, choices=ClipState, default=ClipState.DRAFT)
    state_changed_at = models.DateTimeField(auto_now_add=True)
    kind = models.CharField(_("kind"), max_length=20, choices=ClipKind, default=ClipKind.REVIEW)
    verdict = models.CharField(_("verdict"), max_length=12, choices=Verdict, default=Verdict.RECOMMEND)
    caption = models.CharField(_("caption"), max_length=300, blank=True)
    language = models.CharField(_("language"), max_length=8, choices=settings.LANGUAGES, default="en")
    is_speechless = models.BooleanField(_("no speech"), default=False)
    declaration = models.CharField(
        _("declared by the creator"), max_length=12, choices=Declaration, default="", db_default="", blank=True
    )
    captions_vtt = models.TextField(_("captions"), blank=True, help_text=_("In WebVTT format."))
    is_age_restricted = models.BooleanField(
        default=False, editable=False, help_text=_("Set by triggers if a tagged product is for adults only.")
    )
    is_hidden = models.BooleanField(
        default=False,
        db_default=False,
        editable=False,
        help_text=_("Set by triggers while the creator is hidden."),
    )
    is_sponsored = models.BooleanField(
        default=False,
        db_default=False,
        editable=False,
        help_text=_("Whether somebody pays for showing it now; the label says so."),
    )
    drifted_at = models.DateTimeField(
        null=True,
        blank=True,
        editable=False,
        help_text=_("Since when a tagged product has differed from what was approved."),
    )
    copy_of = models.ForeignKey(
        "self",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        help_text=_("The earlier clip with the same footage, noted when this one was approved."),
    )
    source = models.ForeignKey(
        Source, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("file")
    )
    products = models.ManyToManyField(Product, through="ProductTag", related_name="clips", verbose_name=_("products"))
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    submitted_at = models.DateTimeField(_("submitted at"), null=True, blank=True)
    published_at = models.DateTimeField(_("published at"), null=True, blank=True)
    links_read_at = models.DateTimeField(
        null=True,
        editable=False,
        help_text=_("When the hashtags and people that the caption names were last stored."),
    )

    objects = ClipQuerySet.as_manager()

    shown_photos: list[Photo]
    """Loaded by `with_photos`."""

    class Meta:
        verbose_name = _("clip")
        verbose_name_plural = _("clips")
        permissions = [("review_clip", "Can review clips")]
        indexes = [
            search_index("code", "caption", name="videos_clip_search"),
            models.Index(fields=["created_at"], name="videos_clip_by_date"),
            models.Index(fields=["drifted_at"], condition=Q(drifted_at__isnull=False), name="videos_clip_drifted"),
            models.Index(
                F("published_at").desc(),
                F("id").desc(),
                condition=Q(state="published"),
                name="videos_clip_newest_published",
            ),
            models.Index(
                "creator",
                F("published_at").desc(),
                F("id").desc(),
                condition=Q(state="published"),
                name="videos_clip_newest_of_creator",
            ),
            models.Index(fields=["state", "submitted_at"], name="videos_clip_by_state"),
            models.Index(fields=["id"], condition=Q(state="published") & UNREAD_LINKS, name="videos_clip_unread_links"),
            models.Index(fields=["creator", "-created_at"], name="videos_clip_of_creator"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="published") | Q(published_at__isnull=False), name="videos_clip_published_has_a_time"
            ),
            models.CheckConstraint(
                condition=Q(medium=Medium.FILM) | Q(medium=Medium.PHOTOS, source=None), name="videos_clip_medium"
            ),
        ]

    def __str__(self) -> str:
        return self.code

    def get_absolute_url(self) -> str:
        return reverse("clip", args=[self.code])

    def attach_source(self, source: Source) -> None:
        """Set the clip's video file. Raises NotEditable."""
        if not Clip.objects.filter(pk=self.pk, medium=Medium.FILM, state__in=EDITABLE).update(source=source):
            raise NotEditable(gettext("The file of this clip can't be changed now."))
        self.source = source

    @property
    def is_photos(self) -> bool:
        return self.medium == Medium.PHOTOS

    @property
    def is_published(self) -> bool:
        return self.state == ClipState.PUBLISHED and not self.is_hidden

    @property
    def ad_label(self) -> str:
        """The advertising disclosure, or "" if nobody earns anything with the clip or pays for showing it.

        Raises LookupError if the clip was not loaded `with_interest`, because a label must never be missing by mistake.
        """
        try:
            return ad_label_for(vars(self)["interest"], is_sponsored=self.is_sponsored)
        except KeyError as error:
            raise LookupError("Load clips whose label is shown with_interest().") from error
