"""Merchants: organisations that sell and ship, the house first, and the people who act for them."""

from datetime import datetime
from typing import Any, Self

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.pasted_text import validate_visible
from accounts.transitions import TransitionQuerySet
from catalog.money import WHOLE_BPS

HOUSE_ID = 1
"""The merchant that is the shop itself. A migration creates it, and rows without another merchant are the house's."""


class MerchantState(models.TextChoices):
    APPLIED = "applied", _("Applied")
    APPROVED = "approved", _("Approved")
    REFUSED = "refused", _("Declined")
    SUSPENDED = "suspended", _("Suspended")


MERCHANT_MOVES: dict[MerchantState, frozenset[MerchantState]] = {
    MerchantState.APPLIED: frozenset({MerchantState.APPROVED, MerchantState.REFUSED}),
    MerchantState.APPROVED: frozenset({MerchantState.SUSPENDED}),
    MerchantState.REFUSED: frozenset({MerchantState.APPLIED}),
    MerchantState.SUSPENDED: frozenset({MerchantState.APPROVED}),
}
"""Maps each state of a merchant to the states that may follow it."""


class MerchantQuerySet(TransitionQuerySet["Merchant"]):
    transitions = MERCHANT_MOVES

    def approved(self) -> Self:
        return self.filter(state=MerchantState.APPROVED)


class Merchant(models.Model):
    """An organisation that sells its own products here and sends them to shoppers.

    `fee_bps` is what the house keeps of a sale without tax, until `next_fee_from` if there is one: `fee_at` knows which holds.
    The house itself pays none.
    """

    slug = models.SlugField(_("slug"), unique=True, max_length=60)
    name = models.CharField(_("name"), max_length=80, validators=[validate_visible])
    state = models.CharField(_("state"), max_length=10, choices=MerchantState, default=MerchantState.APPLIED)
    legal_name = models.CharField(_("company"), max_length=120, blank=True, default="")
    address = models.TextField(
        _("address"), max_length=500, blank=True, default="", help_text=_("Shown on its page and on invoices.")
    )
    country = models.CharField(_("country"), max_length=2, blank=True, default="")
    email = models.EmailField(_("email address"), blank=True, default="")
    phone = models.CharField(_("phone"), max_length=20, blank=True, default="")
    vat_number = models.CharField(_("VAT number"), max_length=32, blank=True, default="")
    about = models.TextField(_("about"), max_length=2000, blank=True, default="")
    place = models.CharField(
        _("place"), max_length=80, blank=True, default="", db_default="", help_text=_("A town, such as Leeds.")
    )
    shipping_note = models.TextField(_("about shipping"), max_length=1000, blank=True, default="", db_default="")
    return_note = models.TextField(_("about returns"), max_length=1000, blank=True, default="", db_default="")
    shows_phone = models.BooleanField(_("can be called"), default=True, db_default=True)
    shows_email = models.BooleanField(_("can be emailed"), default=True, db_default=True)
    takes_messages = models.BooleanField(_("takes messages"), default=True, db_default=True)
    offers_samples = models.BooleanField(
        _("offers samples"),
        default=False,
        db_default=False,
        help_text=_("Creators may ask for its products, for free, to film them."),
    )
    fee_bps = models.PositiveIntegerField(
        _("fee"),
        default=0,
        validators=[MaxValueValidator(WHOLE_BPS)],
        help_text=_("What the house keeps of each sale, in percent of the price without tax."),
    )
    next_fee_bps = models.PositiveIntegerField(
        _("next fee"), null=True, blank=True, validators=[MaxValueValidator(WHOLE_BPS)]
    )
    next_fee_from = models.DateTimeField(_("next fee from"), null=True, blank=True)
    sells = models.TextField(
        _("what it sells"), max_length=1000, blank=True, default="", db_default="", help_text=_("From its application.")
    )
    applicant = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="merchant_applications",
        verbose_name=_("applicant"),
    )
    terms_accepted_at = models.DateTimeField(_("accepted the terms at"), null=True, blank=True)
    asked_changes: models.Field[Any, dict[str, str]] = models.JSONField(
        _("changes to decide on"),
        default=dict,
        db_default={},
        blank=True,
        editable=False,
        help_text=_("New values of its name or legal data, by field, that staff have not decided on."),
    )
    applied_at = models.DateTimeField(_("applied at"), auto_now_add=True)
    approved_at = models.DateTimeField(_("approved at"), null=True, blank=True)
    decision_reason = models.CharField(
        _("reason"), max_length=500, blank=True, default="", help_text=_("Why it was declined or suspended.")
    )

    objects = MerchantQuerySet.as_manager()

    class Meta:
        verbose_name = _("merchant")
        verbose_name_plural = _("merchants")
        permissions = [("approve_merchantfee", "Can approve lower fees of merchants")]
        constraints = [
            models.CheckConstraint(condition=Q(fee_bps__lte=WHOLE_BPS), name="catalog_merchant_fee_at_most_all"),
            models.CheckConstraint(
                condition=Q(next_fee_bps=None, next_fee_from=None)
                | Q(next_fee_bps__lte=WHOLE_BPS, next_fee_from__isnull=False),
                name="catalog_merchant_next_fee_has_a_date",
            ),
            models.UniqueConstraint(
                fields=["applicant"], condition=Q(state="applied"), name="catalog_merchant_one_application"
            ),
            models.CheckConstraint(
                condition=~Q(pk=HOUSE_ID) | Q(state="approved", fee_bps=0), name="catalog_merchant_house_sells_free"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("seller", args=[self.slug])

    @property
    def is_house(self) -> bool:
        return self.pk == HOUSE_ID

    def fee_at(self, at: datetime) -> int:
        """Return the fee of orders that are placed at this moment, in basis points."""
        if self.next_fee_bps is not None and self.next_fee_from is not None and self.next_fee_from <= at:
            return self.next_fee_bps
        return self.fee_bps


class MerchantRole(models.TextChoices):
    OWNER = "owner", _("Owner")
    MANAGER = "manager", _("Products and orders")
    PACKER = "packer", _("Packing only")


class MerchantMember(models.Model):
    """A person who acts for a merchant. Owners also manage its members and see what it is paid.

    For the house, staff act.
    """

    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="members", verbose_name=_("merchant"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="merchant_roles", verbose_name=_("user")
    )
    role = models.CharField(_("role"), max_length=8, choices=MerchantRole)
    joined_at = models.DateTimeField(_("joined at"), auto_now_add=True)

    class Meta:
        verbose_name = _("merchant's member")
        verbose_name_plural = _("merchants' members")
        constraints = [
            models.UniqueConstraint(fields=["merchant", "user"], name="catalog_merchant_member_once"),
            models.CheckConstraint(condition=~Q(merchant=HOUSE_ID), name="catalog_merchant_member_not_of_house"),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.merchant}"


def seller_of(row: Any) -> int:
    """Return the id of the merchant of a product, an order line or an invoice: the house's where none is named."""
    return int(row.merchant_id or HOUSE_ID)
