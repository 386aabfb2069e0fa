"""Models of the review: revisions, reasons, decisions and appeals."""

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.trigrams import search_index
from videos.models.clip import Clip
from videos.models.source import Source
from videos.states import ClipState


class Revision(models.Model):
    """An immutable copy of one submission: its file or photos, caption and tags. Every decision refers to a revision."""

    clip = models.ForeignKey(Clip, on_delete=models.PROTECT, related_name="revisions")
    number = models.PositiveIntegerField()
    source = models.ForeignKey(
        Source,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="revisions",
        help_text=_("The file of a film. Photos are named in the content."),
    )
    content = models.JSONField(help_text=_("Caption, kind, verdict, language, captions, photos and tags as submitted."))
    digest = models.CharField(max_length=64, help_text=_("SHA-256 of the files' hashes and the content."))
    submitted_at = models.DateTimeField()
    receipt_mailed_at = models.DateTimeField(
        null=True, blank=True, help_text=_("When the receipt, with queue position and due time, was emailed.")
    )

    class Meta:
        verbose_name = _("revision")
        verbose_name_plural = _("revisions")
        indexes = [
            models.Index(
                fields=["submitted_at"], condition=models.Q(receipt_mailed_at=None), name="videos_revision_unmailed"
            )
        ]
        constraints = [models.UniqueConstraint(fields=["clip", "number"], name="videos_revision_number_unique")]

    def __str__(self) -> str:
        return f"{self.clip} #{self.number}"


class DecisionBasis(models.TextChoices):
    """The basis of a decision: a moderator's review, or the creator's track record."""

    REVIEW = "review", _("Reviewed by a moderator")
    TRUST = "trust", _("The creator's track record")


class DecisionAction(models.TextChoices):
    APPROVE = "approve", _("Approve")
    REQUEST_CHANGES = "request_changes", _("Request changes")
    REJECT = "reject", _("Reject")
    REMOVE = "remove", _("Take down")


OUTCOMES = {
    DecisionAction.APPROVE: _("Approved"),
    DecisionAction.REQUEST_CHANGES: _("Changes requested"),
    DecisionAction.REJECT: _("Rejected"),
    DecisionAction.REMOVE: _("Taken down"),
}


class Reason(models.Model):
    """A predefined reason for a decision. Creators read its text in their own language."""

    code = models.SlugField(_("code"), unique=True)
    text = models.JSONField(_("text by language"), help_text=_('For example {"en": "The product is not shown."}'))
    fix = models.JSONField(
        _("how to fix it, by language"), default=dict, blank=True, help_text=_('For example {"en": "Move the tag."}')
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("reason")
        verbose_name_plural = _("reasons")

    def __str__(self) -> str:
        return self.text_in(get_language() or settings.LANGUAGE_CODE)

    def text_in(self, language: str) -> str:
        """Return the text in `language`. Fall back to the English text, then to the reason's code."""
        return _pick(self.text, language) or self.code

    def fix_in(self, language: str) -> str:
        """Return the advice for the creator in `language`. Fall back to the English advice, then to an empty string."""
        return _pick(self.fix, language)


def _pick(texts: dict[str, Any], language: str) -> str:
    return str(texts.get(language) or texts.get("en") or "")


class DecisionQuerySet(models.QuerySet["Decision"]):
    def effective(self) -> Self:
        """Exclude decisions that were undone."""
        return self.filter(undone_at=None)

    def by_moderators(self) -> Self:
        """Exclude automatic approvals, which are based on the creator's track record."""
        return self.filter(basis=DecisionBasis.REVIEW)

    def latest_first(self) -> Self:
        return self.order_by("-decided_at", "-pk")


class Decision(models.Model):
    """A decision on one revision. It is never edited, but its moderator can undo it during the grace period.

    The creator is notified by email after the grace period.
    """

    clip = models.ForeignKey(Clip, on_delete=models.PROTECT, related_name="decisions", verbose_name=_("clip"))
    revision = models.ForeignKey(
        Revision, on_delete=models.PROTECT, related_name="decisions", verbose_name=_("revision")
    )
    basis = models.CharField(_("basis"), max_length=10, choices=DecisionBasis, default=DecisionBasis.REVIEW)
    moderator = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="decisions",
        verbose_name=_("moderator"),
    )
    action = models.CharField(_("action"), max_length=20, choices=DecisionAction)
    reason = models.ForeignKey(Reason, on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("reason"))
    at_ms = models.PositiveIntegerField(
        _("at"),
        null=True,
        blank=True,
        help_text=_("The point in the clip that the decision refers to, in milliseconds."),
    )
    words = models.TextField(_("message to the creator"), blank=True, max_length=1000)
    decided_at = models.DateTimeField(_("decided at"))
    state_before = models.CharField(_("state before"), max_length=20, choices=ClipState)
    undone_at = models.DateTimeField(_("undone at"), null=True, blank=True)
    mailed_at = models.DateTimeField(_("emailed at"), null=True, blank=True)

    objects = DecisionQuerySet.as_manager()

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        indexes = [
            search_index("words", name="videos_decision_search"),
            models.Index(fields=["decided_at"], name="videos_decision_by_date"),
            models.Index(fields=["decided_at"], condition=models.Q(mailed_at=None), name="videos_decision_unmailed"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(action="approve") | models.Q(reason__isnull=False),
                name="videos_decision_refusal_has_a_reason",
            ),
            models.CheckConstraint(
                condition=models.Q(basis="review", moderator__isnull=False)
                | models.Q(basis="trust", moderator__isnull=True, action="approve"),
                name="videos_decision_has_a_moderator_or_trust",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.outcome}: {self.clip}"

    @property
    def decided_by(self) -> str:
        """Return the moderator's name. If the decision was automatic, return its basis instead."""
        return str(self.moderator or self.get_basis_display())

    def reason_in(self, language: str) -> str:
        return self.reason.text_in(language) if self.reason else ""

    def fix_in(self, language: str) -> str:
        """Return the advice for the creator if changes were requested, otherwise an empty string."""
        is_fixable = self.action == DecisionAction.REQUEST_CHANGES
        return self.reason.fix_in(language) if self.reason and is_fixable else ""

    @property
    def outcome(self) -> str:
        """Return the outcome in the words that the creator sees, such as “Changes requested”."""
        return str(OUTCOMES[DecisionAction(self.action)])


class Appeal(models.Model):
    """A creator's appeal against a decision. Each decision can be appealed once."""

    decision = models.OneToOneField(
        Decision, on_delete=models.PROTECT, related_name="appeal", verbose_name=_("decision")
    )
    words = models.TextField(_("why the decision should change"), max_length=1000)
    appealed_at = models.DateTimeField(_("appealed at"))

    class Meta:
        verbose_name = _("appeal")
        verbose_name_plural = _("appeals")
        indexes = [models.Index(fields=["appealed_at"], name="videos_appeal_by_date")]

    def __str__(self) -> str:
        return str(_("appeal %(number)d")) % {"number": self.pk}
