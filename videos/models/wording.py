"""Wording rules: those that come with the product, and those that a shop adds. Staff may change and switch off both."""

from functools import lru_cache
from typing import Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from creators.models import Campaign
from videos.wording.engine import rule_matches
from videos.wording.rules import Rule, Severity

NEEDS_WORD = _("Each line needs at least one word or number.")


class SeverityChoice(models.TextChoices):
    HINT = Severity.HINT.value, _("Hint")
    MUST_FIX = Severity.MUST_FIX.value, _("Prevents submission")
    BLOCK = Severity.BLOCK.value, _("Prevents submission and approval")


class WordingRuleQuerySet(models.QuerySet["WordingRule"]):
    def active_for(self, campaign_id: int | None) -> Self:
        """Return active rules that apply to all campaigns or to this campaign."""
        is_applicable = Q(campaign=None) | Q(campaign=campaign_id) if campaign_id else Q(campaign=None)
        return self.filter(is_applicable, is_active=True).order_by("pk")


class WordingRule(models.Model):
    """A wording rule for all clips, or only for the clips of a campaign or of some categories.

    A shipped rule has the name of its text in `shipped_as`, and in `shipped_hash` a hash of the shipped text from which
    the row was last made. `videos.review.shipped_rules` creates and updates its row.
    """

    code = models.SlugField(_("code"))
    campaign = models.ForeignKey(
        Campaign,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="wording_rules",
        verbose_name=_("campaign"),
        help_text=_("Leave empty for all campaigns."),
    )
    category_slugs = ArrayField(
        models.SlugField(),
        verbose_name=_("categories"),
        default=list,
        db_default=[],
        blank=True,
        help_text=_("Leave empty for all categories. A category includes its subcategories."),
    )
    language = models.CharField(_("language of the phrases"), max_length=8, choices=settings.LANGUAGES, default="en")
    severity = models.CharField(_("severity"), max_length=10, choices=SeverityChoice, default=SeverityChoice.MUST_FIX)
    phrases = models.TextField(
        _("phrases"),
        help_text=_(
            "One per line. Matches whole words, ignoring case, accents and look-alike letters. "
            "* stands for the rest of a word, # for a number, … for up to three words."
        ),
    )
    unless = models.TextField(
        _("unless"), blank=True, help_text=_("One per line. The rule doesn't match a text that contains one of these.")
    )
    message = models.CharField(_("message"), max_length=200, help_text=_("The rule, as the creator reads it."))
    suggestion = models.CharField(_("suggestion"), max_length=200, blank=True, help_text=_("What to write instead."))
    must_match = models.CharField(
        _("must match"),
        max_length=200,
        help_text=_("A sentence that the rule must match. Checked when the rule is saved."),
    )
    must_not_match = models.CharField(
        _("must not match"),
        max_length=200,
        blank=True,
        help_text=_("A sentence that the rule must not match. Checked when the rule is saved."),
    )
    # The older version reads the column `is_active`, which is false in its rows of shipped rules. A row that it inserts
    # waits until somebody switches it on, because its category is in a column that is no longer read.
    is_active = models.BooleanField(_("active"), default=True, db_default=False, db_column="is_enabled")
    shipped_as = models.CharField(max_length=60, null=True, blank=True, unique=True, editable=False)
    shipped_hash = models.CharField(max_length=64, blank=True, default="", db_default="", editable=False)

    objects = WordingRuleQuerySet.as_manager()

    class Meta:
        verbose_name = _("wording rule")
        verbose_name_plural = _("wording rules")
        constraints = [models.UniqueConstraint(fields=["code", "language"], name="videos_rule_code_once_per_language")]

    def __str__(self) -> str:
        return self.code

    def clean(self) -> None:
        """Check the phrases and try them on the example sentences. Raises ValidationError.

        Each phrase needs a word or a number. The phrases must match `must_match` and must not match `must_not_match`.
        """
        if not are_phrases(self.phrases):
            raise ValidationError({"phrases": NEEDS_WORD})
        if not rule_matches(self.as_rule(), self.must_match):
            raise ValidationError({"must_match": _("The phrases do not match this sentence.")})
        if rule_matches(self.as_rule(), self.must_not_match):
            raise ValidationError({"must_not_match": _("The phrases match this sentence, but should not.")})

    def as_rule(self) -> Rule:
        """Return the rule in the form that the wording engine needs.

        Each process keeps the compiled rules by their content, because compiling is slow and captions are checked while
        they are typed. A changed row is another rule, so every process uses it at once.
        """
        texts = (self.code, self.language, self.severity, self.message, self.suggestion)
        return _build(texts, phrase_lines(self.phrases), phrase_lines(self.unless), tuple(self.category_slugs))


def phrase_lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def are_phrases(text: str) -> bool:
    """Return whether the text has lines, and each of them a word or a number."""
    phrases = phrase_lines(text)
    return bool(phrases) and all(any(sign.isalnum() for sign in phrase) for phrase in phrases)


@lru_cache(maxsize=1000)
def _build(
    texts: tuple[str, str, str, str, str], phrases: tuple[str, ...], unless: tuple[str, ...], slugs: tuple[str, ...]
) -> Rule:
    code, language, severity, message, suggestion = texts
    return Rule(code, language, Severity(severity), message, suggestion, phrases, frozenset(slugs), unless)
