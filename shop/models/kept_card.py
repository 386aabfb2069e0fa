"""Cards that shoppers keep at the payment provider. What is stored here is what may be shown: never a number."""

from datetime import date, datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.installation import get_installation_id
from accounts.models import User

BRANDS = {
    "amex": "American Express",
    "american_express": "American Express",
    "cartes_bancaires": "Cartes Bancaires",
    "diners": "Diners Club",
    "diners_club": "Diners Club",
    "discover": "Discover",
    "eftpos_au": "eftpos",
    "eftpos_australia": "eftpos",
    "jcb": "JCB",
    "interac": "Interac",
    "mastercard": "Mastercard",
    "unionpay": "UnionPay",
    "union_pay": "UnionPay",
    "visa": "Visa",
}
"""What people call the brands. Source: docs.stripe.com/api/payment_methods/object, `card.brand` and `display_brand`."""
WALLETS = {"apple_pay": "Apple Pay", "google_pay": "Google Pay", "samsung_pay": "Samsung Pay", "link": "Link"}


class ProviderCustomer(models.Model):
    """A shopper at a payment provider: the owner of the cards that are kept there.

    The key consists of the installation id and the row's id. `reference` is the provider's name of the customer, or empty
    while the provider has not answered. A customer without a user belonged to an account that was deleted, and is to be
    deleted at the provider.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="provider_customers"
    )
    provider = models.CharField(max_length=20)
    installation = models.CharField(max_length=12, default=get_installation_id, editable=False)
    account = models.CharField(_("provider account"), max_length=60, blank=True)
    is_live = models.BooleanField(_("real money"), null=True)
    reference = models.CharField(_("provider reference"), max_length=120, blank=True)
    is_sync_due = models.BooleanField(
        default=False, editable=False, help_text=_("Whether the provider is to be asked for the cards.")
    )
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("customer at the payment provider")
        verbose_name_plural = _("customers at the payment provider")
        indexes = [models.Index(fields=["created_at"], condition=Q(is_sync_due=True), name="shop_customer_sync_due")]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "provider", "account", "is_live"],
                condition=Q(user__isnull=False),
                nulls_distinct=False,
                name="shop_customer_one_per_account",
            ),
            models.UniqueConstraint(
                fields=["provider", "reference"], condition=~Q(reference=""), name="shop_customer_reference_unique"
            ),
        ]

    def __str__(self) -> str:
        return self.reference or self.key

    @property
    def key(self) -> str:
        return f"{self.installation}-customer-{self.pk}"


class KeptCardQuerySet(models.QuerySet["KeptCard"]):
    def owned_by(self, user: User | None) -> Self:
        """Return the user's cards, without those that were removed."""
        return self.filter(customer__user=user, removed_at=None) if user else self.none()

    def default_first(self) -> Self:
        return self.select_related("customer").order_by("-is_default", "-pk")


class KeptCard(models.Model):
    """A card, perhaps in a wallet, with which a shopper can pay in two taps.

    A card that was removed stays as a row without particulars, so that no late news brings it back. It is detached at the
    provider until `detached_at`.
    """

    customer = models.ForeignKey(ProviderCustomer, on_delete=models.CASCADE, related_name="cards")
    reference = models.CharField(_("provider reference"), max_length=120)
    brand = models.CharField(max_length=30, blank=True)
    wallet = models.CharField(max_length=30, blank=True)
    last_four = models.CharField(max_length=4, blank=True)
    expiry_month = models.PositiveSmallIntegerField(default=0)
    expiry_year = models.PositiveSmallIntegerField(default=0)
    fingerprint = models.CharField(max_length=120, blank=True, db_index=True)
    is_default = models.BooleanField(_("default"), default=False)
    kept_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)
    detached_at = models.DateTimeField(null=True, blank=True)

    objects = KeptCardQuerySet.as_manager()

    class Meta:
        verbose_name = _("kept card")
        verbose_name_plural = _("kept cards")
        constraints = [
            models.UniqueConstraint(fields=["customer", "reference"], name="shop_kept_card_once"),
            models.UniqueConstraint(
                fields=["customer"], condition=Q(is_default=True), name="shop_kept_card_one_default"
            ),
            models.CheckConstraint(
                condition=Q(removed_at=None) | Q(last_four="", fingerprint="", is_default=False),
                name="shop_kept_card_removed_is_empty",
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def brand_name(self) -> str:
        return BRANDS.get(self.brand) or self.brand.replace("_", " ").title()

    @property
    def label(self) -> str:
        """Return what a shopper calls it: “Visa •••• 4242”, or “Apple Pay · Visa •••• 4242”."""
        label = " ".join(part for part in (self.brand_name, f"•••• {self.last_four}") if part)
        wallet = WALLETS.get(self.wallet)
        return f"{wallet} · {label}" if wallet else label

    @property
    def isolated_label(self) -> str:
        """Return the label for a sentence, which may run from right to left. No line breaks before the digits."""
        return f"\u2066{self.label}\u2069".replace("•••• ", "••••\u00a0")

    @property
    def expiry(self) -> date:
        """Return the first day of the month in which it expires."""
        return date(self.expiry_year or 9999, self.expiry_month or 12, 1)

    def is_expired_at(self, now: datetime) -> bool:
        """Return whether its last month is over."""
        today = timezone.localdate(now)
        return (self.expiry.year, self.expiry.month) < (today.year, today.month)
