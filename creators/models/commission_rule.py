"""Commission rules: rates for a creator, campaign, product, brand, category or the whole shop, from one moment to another."""

from datetime import datetime
from typing import Self

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from catalog.models import Brand, Category, Product
from catalog.money import WHOLE_BPS, percent_of
from creators.models.campaign import Campaign
from creators.models.creator import Creator


class RuleScope(models.TextChoices):
    """What a rule is for. The earlier one comes first where several apply."""

    CREATOR = "creator", _("Creator")
    CAMPAIGN = "campaign", _("Campaign")
    PRODUCT = "product", _("Product")
    BRAND = "brand", _("Brand")
    CATEGORY = "category", _("Category and those inside it")
    HOUSE = "house", _("Whole shop")


SUBJECT_COLUMNS = tuple(scope.value for scope in RuleScope if scope != RuleScope.HOUSE)
"""The columns of which a rule fills the one that its scope names; none for the whole shop."""


def _names_its_subject() -> Q:
    condition = Q()
    for scope in RuleScope:
        empty = {f"{column}__isnull": column != scope.value for column in SUBJECT_COLUMNS}
        condition |= Q(scope=scope.value, **empty)
    return condition


class CommissionRuleQuerySet(models.QuerySet["CommissionRule"]):
    def in_force_at(self, at: datetime | Now) -> Self:
        """Return the rules of which [starts_at, ends_at) contains the moment."""
        return self.filter(Q(ends_at=None) | Q(ends_at__gt=at), starts_at__lte=at)

    def concerning(self, creator: Creator, *, at: datetime) -> Self:
        """Return the rules in force or announced by which the creator may be paid, without what they cannot see."""
        return self.filter(
            Q(ends_at=None) | (Q(ends_at__gt=at) & Q(ends_at__gt=F("starts_at"))),
            Q(creator=None) | Q(creator=creator),
            Q(campaign=None) | Q(campaign__in=Campaign.objects.visible_to(creator)),
            Q(product=None) | Q(product__is_active=True),
        )

    def with_subjects(self) -> Self:
        return self.select_related(*SUBJECT_COLUMNS)


class CommissionRule(models.Model):
    """A rate of commission. A trigger lets a rule begin only in the future, and lets nothing but its end change."""

    name = models.CharField(_("name"), max_length=120, help_text=_("Creators and merchants read it on statements."))
    scope = models.CharField(_("applies to"), max_length=10, choices=RuleScope)
    creator = models.ForeignKey(
        Creator, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("creator")
    )
    campaign = models.ForeignKey(
        Campaign, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("campaign")
    )
    product = models.ForeignKey(
        Product, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("product")
    )
    brand = models.ForeignKey(
        Brand, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("brand")
    )
    category = models.ForeignKey(
        Category, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("category")
    )
    rate_bps = models.PositiveIntegerField(
        _("rate"),
        validators=[MaxValueValidator(WHOLE_BPS)],
        help_text=_("In percent of the price without tax, for example 4.5. With 0 nothing is earned."),
    )
    starts_at = models.DateTimeField(_("begins at"))
    ends_at = models.DateTimeField(
        _("ends at"), null=True, blank=True, help_text=_("From this moment on, the rule no longer applies.")
    )
    proposed_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+", editable=False, verbose_name=_("proposed by")
    )
    approved_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+", editable=False, verbose_name=_("approved by")
    )

    proposal_id: int | None = None
    """The proposal of this rule, while it is not saved."""

    objects = CommissionRuleQuerySet.as_manager()

    class Meta:
        verbose_name = _("commission rule")
        verbose_name_plural = _("commission rules")
        default_permissions = ("add", "change", "view")
        indexes = [models.Index(fields=["starts_at"], name="creators_rule_by_start")]
        constraints = [
            models.CheckConstraint(condition=_names_its_subject(), name="creators_rule_names_its_subject"),
            models.CheckConstraint(condition=Q(rate_bps__lte=WHOLE_BPS), name="creators_rule_rate_at_most_all"),
            models.CheckConstraint(
                condition=Q(ends_at=None) | Q(ends_at__gte=F("starts_at")), name="creators_rule_ends_after_start"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}: {percent_of(self.rate_bps)}%"

    @property
    def subject(self) -> Creator | Campaign | Product | Brand | Category | None:
        """Return what the rule is for; None is the whole shop."""
        return None if self.scope == RuleScope.HOUSE else getattr(self, self.scope)
