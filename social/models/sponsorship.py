"""Sponsorships: booked, labelled places for posts in the feed."""

from typing import Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.transitions import TransitionQuerySet
from catalog.models import HOUSE_ID, Merchant, MerchantRole
from feed.models import SponsoredPlace
from shop.models import Prepayment, Refund
from videos.models import Clip
from videos.models.clip import new_code

MAY_BOOK = "social.add_sponsorship"


class SponsorshipState(models.TextChoices):
    DRAFT = "draft", _("Not paid yet")
    IN_REVIEW = "in_review", _("In review")
    RUNNING = "running", _("Running")
    PAUSED = "paused", _("Paused")
    DONE = "done", _("Ended")


SPONSORSHIP_MOVES: dict[SponsorshipState, frozenset[SponsorshipState]] = {
    SponsorshipState.DRAFT: frozenset({SponsorshipState.IN_REVIEW, SponsorshipState.DONE}),
    SponsorshipState.IN_REVIEW: frozenset({SponsorshipState.RUNNING, SponsorshipState.DONE}),
    SponsorshipState.RUNNING: frozenset({SponsorshipState.PAUSED, SponsorshipState.DONE}),
    SponsorshipState.PAUSED: frozenset({SponsorshipState.RUNNING, SponsorshipState.DONE}),
    SponsorshipState.DONE: frozenset(),
}


class PauseReason(models.TextChoices):
    """Why a sponsorship is paused. All but the first two are noticed by the sweep, which resumes it when they are over."""

    BOOKER = "booker", _("You paused it")
    STAFF = "staff", _("The shop paused it")
    REMOVED = "removed", _("The post is not published any more")
    PROFILE = "profile", _("The profile of the post is suspended")
    MERCHANT = "merchant", _("The merchant is suspended")
    OFF_SALE = "off_sale", _("No product of the post is on sale")
    SOLD_OUT = "sold_out", _("The products of the post are sold out")
    DISPUTED = "disputed", _("The payment is disputed")


class EndReason(models.TextChoices):
    """Why a sponsorship ended."""

    DATES = "dates", _("Its dates are over")
    SPENT = "spent", _("Its budget is spent")
    BOOKER = "booker", _("You ended it")
    STAFF = "staff", _("The shop ended it")
    REFUSED = "refused", _("The shop declined it")
    REFUNDED = "refunded", _("Its payment went back")


BY_PEOPLE = (PauseReason.BOOKER, PauseReason.STAFF)
"""Pauses that only people end."""


class SponsorshipQuerySet(TransitionQuerySet["Sponsorship"]):
    transitions = SPONSORSHIP_MOVES

    def managed_by(self, user: User) -> Self:
        """Return what the user booked for a post of their own, and what is booked for merchants for which they act."""
        roles = (MerchantRole.OWNER, MerchantRole.MANAGER)
        is_managed = Q(merchant__members__user=user, merchant__members__role__in=roles) | Q(
            merchant=None, booked_by=user
        )
        if user.has_perm(MAY_BOOK):
            is_managed |= Q(merchant=HOUSE_ID)
        return self.filter(is_managed).distinct()


class Sponsorship(models.Model):
    """A post that somebody pays to have shown in the feed: until a day, at most for a budget, to an audience.

    While it runs, the feed has what it needs to know in a row of its own, `place`, with which the budget moves. A
    sponsorship without a merchant is of a member for their own post; one of the house is booked by staff.
    """

    code = models.CharField(_("code"), max_length=12, unique=True, default=new_code, editable=False)
    clip = models.ForeignKey(Clip, on_delete=models.PROTECT, related_name="sponsorships", verbose_name=_("post"))
    merchant = models.ForeignKey(
        Merchant,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="sponsorships",
        verbose_name=_("merchant"),
    )
    booked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("booked by")
    )
    sponsor = models.CharField(_("on behalf of"), max_length=120)
    payer = models.CharField(_("paid by"), max_length=120)
    currency = models.CharField(max_length=3)
    budget_minor = models.PositiveBigIntegerField(_("budget"))
    bid_minor = models.PositiveBigIntegerField(_("bid for a thousand views"))
    daily_cap_minor = models.PositiveBigIntegerField(_("daily cap"))
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))
    categories = ArrayField(
        models.BigIntegerField(),
        verbose_name=_("categories"),
        default=list,
        blank=True,
        help_text=_("Ids of categories."),
    )
    languages = ArrayField(models.CharField(max_length=8), verbose_name=_("languages"), default=list, blank=True)
    state = models.CharField(
        _("state"), max_length=10, choices=SponsorshipState, default=SponsorshipState.DRAFT, editable=False
    )
    pause_reason = models.CharField(_("reason for the pause"), max_length=10, choices=PauseReason, blank=True)
    end_reason = models.CharField(_("reason for the end"), max_length=10, choices=EndReason, blank=True)
    refusal = models.CharField(_("reason for declining"), max_length=300, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("decided by")
    )
    created_at = models.DateTimeField(_("created at"))
    submitted_at = models.DateTimeField(_("submitted at"), null=True)
    decided_at = models.DateTimeField(_("decided at"), null=True)
    ended_at = models.DateTimeField(_("ended at"), null=True)
    prepayment = models.OneToOneField(
        Prepayment, on_delete=models.PROTECT, null=True, related_name="sponsorship", verbose_name=_("prepayment")
    )
    place = models.OneToOneField(SponsoredPlace, on_delete=models.PROTECT, null=True, related_name="sponsorship")
    refund = models.OneToOneField(
        Refund, on_delete=models.PROTECT, null=True, related_name="sponsorship", verbose_name=_("refund")
    )

    objects = SponsorshipQuerySet.as_manager()

    class Meta:
        verbose_name = _("sponsorship")
        verbose_name_plural = _("sponsorships")
        permissions = [("approve_sponsorship", "Can approve sponsorships")]
        indexes = [
            models.Index(fields=["created_at"], name="social_sponsorship_by_date"),
            models.Index(fields=["state"], condition=~Q(state="done"), name="social_sponsorship_open"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(bid_minor__gt=0, daily_cap_minor__lte=F("budget_minor"))
                & Q(bid_minor__lte=F("daily_cap_minor") * 1000),
                name="social_sponsorship_amounts_fit",
            ),
            models.CheckConstraint(condition=Q(starts_on__lte=F("ends_on")), name="social_sponsorship_days_in_order"),
            models.CheckConstraint(
                condition=Q(state="paused") ^ Q(pause_reason=""), name="social_sponsorship_pause_has_a_reason"
            ),
            models.UniqueConstraint(
                fields=["clip"], condition=Q(state__in=("running", "paused")), name="social_sponsorship_one_per_post"
            ),
        ]

    def __str__(self) -> str:
        return self.code

    def get_absolute_url(self) -> str:
        return reverse("sponsorship", args=[self.code])

    @property
    def spent_minor(self) -> int:
        """Return what was spent, in whole minor units. Load it with its place."""
        return self.place.spent_minor if self.place else 0

    @property
    def unspent_minor(self) -> int:
        """Return what is left of the payment, in minor units. Load it with its place and its prepayment."""
        return max(0, self.prepayment.left_minor - self.spent_minor) if self.prepayment else 0
