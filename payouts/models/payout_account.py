"""The bank accounts that receive the payouts of creators, agencies and merchants."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.pasted_text import validate_visible
from catalog.models import Merchant
from creators.models import Agency, Creator
from payouts.bank_letters import is_bank_name
from payouts.models.encrypted import UNREADABLE, EncryptedTextField
from payouts.models.payee import OfPayee, is_one_payee


def mask_number(number: str) -> str:
    """Return four dots and the last four characters of the number, which are enough to recognize the account."""
    return f"•••• {number[-4:]}" if number else ""


class PayoutAccount(OfPayee, models.Model):
    """The bank account that receives a payee's payouts. `version` counts its changes."""

    creator = models.OneToOneField(
        Creator,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="payout_account",
        verbose_name=_("creator"),
    )
    agency = models.OneToOneField(
        Agency, on_delete=models.PROTECT, null=True, blank=True, related_name="payout_account", verbose_name=_("agency")
    )
    merchant = models.OneToOneField(
        Merchant,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="payout_account",
        verbose_name=_("merchant"),
    )
    holder_name = models.CharField(_("account holder"), max_length=100, validators=[validate_visible])
    number = EncryptedTextField(_("account"), max_length=60, help_text=_("IBAN, or the account number."))
    bank_code = models.CharField(
        _("bank code"),
        max_length=20,
        blank=True,
        help_text=_("Not needed with an IBAN. Otherwise the routing number, sort code or BIC."),
    )
    country_code = models.CharField(
        _("country"), max_length=2, blank=True, help_text=_("Where you pay tax. By default the account's country.")
    )
    tax_id = EncryptedTextField(_("tax ID"), max_length=40, blank=True, validators=[validate_visible])
    version = models.PositiveIntegerField(default=1, editable=False)
    changed_at = models.DateTimeField(_("changed at"), auto_now=True)
    payouts_from = models.DateTimeField(
        _("payouts wait until"), null=True, blank=True, help_text=_("After a change by staff.")
    )
    name_asked_at = models.DateTimeField(
        null=True, editable=False, help_text=_("When the creator was asked for the name in Latin letters.")
    )
    owner_email = models.EmailField(
        blank=True, editable=False, help_text=_("The payee's email address when the account was set.")
    )

    class Meta:
        verbose_name = _("payout account")
        verbose_name_plural = _("payout accounts")
        permissions = [
            ("approve_payoutaccount", "Can approve payout accounts"),
            ("download_yearlytotals", "Can download yearly totals with tax IDs in full"),
        ]
        constraints = [
            models.CheckConstraint(condition=is_one_payee(), name="payouts_payout_account_of_one_payee"),
        ]

    def __str__(self) -> str:
        return f"{self.holder_name} …{self.number[-4:]}"

    @property
    def masked(self) -> str:
        return mask_number(self.number)

    @property
    def masked_tax_id(self) -> str:
        return f"•••• {self.tax_id[-2:]}" if self.tax_id else ""

    @property
    def has_bank_name(self) -> bool:
        """Return whether the holder's name can be written in a file for the bank."""
        return is_bank_name(self.holder_name)

    @property
    def is_readable(self) -> bool:
        """Return whether the number could be decrypted."""
        return self.number != UNREADABLE
