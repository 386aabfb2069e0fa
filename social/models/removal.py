"""What staff took away from people: with a reason, the rule behind it, and the one appeal that there is against it."""

from datetime import datetime, timedelta
from typing import Self

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.transitions import TransitionQuerySet
from creators.models import Creator, Suspension
from shop.models import ThreadMessage
from social.models.comment import Comment
from social.models.notice import LegalNotice
from social.models.rating import Rating

APPEAL_WITHIN = timedelta(days=183)
"""Six months at least. Source: Regulation (EU) 2022/2065 (DSA), article 20(1)."""


class RemovalReason(models.TextChoices):
    MISLEADING = "misleading", _("Misleading claims")
    DANGEROUS = "dangerous", _("Dangerous")
    HATEFUL = "hateful", _("Hateful or abusive")
    SEXUAL = "sexual", _("Sexual content")
    MINORS = "minors", _("Endangers children")
    RIGHTS = "rights", _("Someone else's rights")
    PRETENDER = "pretender", _("Impersonation")
    PRIVATE = "private", _("Private data of others")
    SPAM = "spam", _("Advertising or repetition")
    FRAUD = "fraud", _("Fraud")
    ILLEGAL = "illegal", _("Against the law")
    OTHER = "other", _("Something else")


RULES = {
    RemovalReason.MISLEADING: _("What is said about a product has to be true and not mislead."),
    RemovalReason.DANGEROUS: _("Nobody may show or recommend what endangers people or animals."),
    RemovalReason.HATEFUL: _("Nobody may insult, threaten or harass others, or demean them for who they are."),
    RemovalReason.SEXUAL: _("Sexual content has no place here."),
    RemovalReason.MINORS: _("What endangers children is never allowed."),
    RemovalReason.RIGHTS: _("Post what you made yourself, or what its owner lets you use."),
    RemovalReason.PRETENDER: _("Nobody may pretend to be another person, brand or the shop."),
    RemovalReason.PRIVATE: _("Do not publish addresses, numbers or pictures of people who did not agree to it."),
    RemovalReason.SPAM: _("No advertising for other places, and nothing many times over."),
    RemovalReason.FRAUD: _("Nobody may deceive the shop or others for money."),
    RemovalReason.ILLEGAL: _("What the law forbids may not be published here."),
    RemovalReason.OTHER: _("The terms of this shop hold for everybody who writes here."),
}
"""The rule that a removal for each reason rests on, as its owner reads it."""


class RemovalKind(models.TextChoices):
    COMMENT = "comment", _("Comment")
    RATING = "rating", _("Rating")
    MESSAGE = "message", _("Message")
    PROFILE = "profile", _("Profile")
    SUSPENSION = "suspension", _("Suspension")


class ProfilePart(models.TextChoices):
    """What can be removed from a profile. The values are names of its columns."""

    NAME = "display_name", _("Name")
    BIO = "bio", _("About you")
    PICTURE = "avatar_stem", _("Picture")


class RemovalState(models.TextChoices):
    STANDS = "stands", _("In force")
    APPEALED = "appealed", _("Appealed, waiting for a decision")
    UPHELD = "upheld", _("Upheld after an appeal")
    RESTORED = "restored", _("Restored after an appeal")
    LAPSED = "lapsed", _("No longer in force")


IN_FORCE = (RemovalState.STANDS, RemovalState.APPEALED)
REMOVAL_MOVES: dict[RemovalState, frozenset[RemovalState]] = {
    RemovalState.STANDS: frozenset({RemovalState.APPEALED, RemovalState.LAPSED}),
    RemovalState.APPEALED: frozenset({RemovalState.UPHELD, RemovalState.RESTORED, RemovalState.LAPSED}),
    RemovalState.UPHELD: frozenset(),
    RemovalState.RESTORED: frozenset(),
    RemovalState.LAPSED: frozenset(),
}


class RemovalQuerySet(TransitionQuerySet["Removal"]):
    transitions = REMOVAL_MOVES

    def in_force(self) -> Self:
        return self.filter(state__in=IN_FORCE)

    def owned_by(self, user: User) -> Self:
        return self.filter(owner=user)

    def waiting_for(self, moderator: User) -> Self:
        """Return the appeals that this moderator may decide on: neither against their own decisions nor their own."""
        return self.filter(state=RemovalState.APPEALED).exclude(removed_by=moderator).exclude(owner=moderator)

    def with_subject(self) -> Self:
        """Read along what was removed, for pages that name it."""
        return self.select_related(
            *("comment__clip", "comment__author", "rating__product", "message__thread", "profile"),
            *("suspension__creator", "notice"),
        ).prefetch_related("rating__pictures")


class Removal(models.Model):
    """Something of a person that staff removed, or their suspension. The owner can appeal once, and somebody else decides.

    `before` is what restoring needs: the state of a comment or rating, or the words that are no longer where they were.
    It lapses when the owner deletes or rewrites what was removed, and when staff take the removal back. Of a deleted
    account the row stays without owner and words, for the yearly numbers.
    """

    MAX_WORDS = 1000

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("owner")
    )
    kind = models.CharField(_("kind"), max_length=10, choices=RemovalKind)
    comment = models.ForeignKey(
        Comment, on_delete=models.SET_NULL, null=True, related_name="removals", verbose_name=_("comment")
    )
    rating = models.ForeignKey(
        Rating, on_delete=models.SET_NULL, null=True, related_name="removals", verbose_name=_("rating")
    )
    message = models.ForeignKey(
        ThreadMessage, on_delete=models.SET_NULL, null=True, related_name="removals", verbose_name=_("message")
    )
    profile = models.ForeignKey(
        Creator, on_delete=models.SET_NULL, null=True, related_name="removals", verbose_name=_("profile")
    )
    suspension = models.ForeignKey(
        Suspension, on_delete=models.SET_NULL, null=True, related_name="removals", verbose_name=_("suspension")
    )
    notice = models.ForeignKey(
        LegalNotice, on_delete=models.SET_NULL, null=True, related_name="removals", verbose_name=_("legal notice")
    )
    before = models.JSONField(_("before"), default=dict, blank=True)
    reason = models.CharField(_("reason"), max_length=12, choices=RemovalReason)
    words = models.TextField(_("message to the owner"), max_length=MAX_WORDS, blank=True)
    removed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("removed by")
    )
    removed_at = models.DateTimeField(_("removed at"))
    state = models.CharField(_("state"), max_length=8, choices=RemovalState, default=RemovalState.STANDS)
    appeal_words = models.TextField(_("why it is wrong"), max_length=MAX_WORDS, blank=True)
    appealed_at = models.DateTimeField(_("appealed at"), null=True, blank=True)
    answer = models.TextField(_("reason for the decision"), max_length=MAX_WORDS, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)

    objects = RemovalQuerySet.as_manager()

    class Meta:
        verbose_name = _("removal")
        verbose_name_plural = _("removals")
        indexes = [
            models.Index(fields=["removed_at"], name="social_removal_by_date"),
            models.Index(fields=["owner", "-removed_at"], name="social_removal_of_owner"),
            models.Index(fields=["appealed_at"], condition=Q(state="appealed"), name="social_removal_appealed"),
        ]
        constraints = [
            *(
                models.UniqueConstraint(
                    fields=[kind], condition=Q(state__in=IN_FORCE), name=f"social_removal_{kind}_once"
                )
                for kind in ("comment", "rating", "message", "suspension")
            ),
            models.CheckConstraint(
                condition=Q(state="stands", appealed_at=None)
                | Q(state="lapsed")
                | Q(state__in=["appealed", "upheld", "restored"], appealed_at__isnull=False),
                name="social_removal_appealed_at",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["upheld", "restored"], decided_at__isnull=False)
                | Q(state__in=["stands", "appealed", "lapsed"], decided_at=None),
                name="social_removal_decided_at",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("removal", args=[self.pk])

    @property
    def rule(self) -> str:
        return str(RULES[RemovalReason(self.reason)])

    @property
    def appeal_until(self) -> datetime:
        return self.removed_at + APPEAL_WITHIN

    @property
    def subject_text(self) -> str:
        """Return what was removed, in its owner's words where it has any. It is empty once that is gone."""
        if self.comment is not None:
            return self.comment.words
        if self.rating is not None:
            return f"{self.rating.product.local_name}: {self.rating.words}"
        if self.kind == RemovalKind.MESSAGE:
            return str(self.before.get("words", ""))
        return ", ".join(f"{name}: {text}" if text else name for name, text in self.removed_parts)

    @property
    def removed_parts(self) -> list[tuple[str, str]]:
        """Return the names of the parts of a profile that were removed, with their text."""
        parts = [ProfilePart(name) for name in self.before if name in ProfilePart]
        return [(str(part.label), "" if part == ProfilePart.PICTURE else self.before[part]) for part in parts]

    @property
    def picture_urls(self) -> list[str]:
        """Return the pictures of a removed rating or profile, which moderators and the rating's author may open."""
        if self.rating is not None:
            return [picture.small_url for picture in self.rating.pictures.all()]
        stem = self.before.get(ProfilePart.PICTURE, "")
        return [default_storage.url(f"{stem}-{Creator.AVATAR_WIDTHS_PX[0]}.webp")] if stem else []
