"""Payouts to creators and agencies, and payout batches."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.transitions import TransitionQuerySet
from catalog.models import Merchant
from creators.models import Agency, Creator
from payouts.models.encrypted import EncryptedTextField
from payouts.models.payee import OfPayee, is_one_payee
from payouts.models.payout_account import mask_number


class PayoutState(models.TextChoices):
    PLANNED = "planned", _("Planned")
    SENDING = "sending", _("Sending")
    PAID = "paid", _("Paid")
    FAILED = "failed", _("Failed")
    UNKNOWN = "unknown", _("No answer yet")
    RECONCILED = "reconciled", _("Paid (confirmed by look-up)")
    RETURNED = "returned", _("Returned by the bank")
    DROPPED = "dropped", _("Dropped")


class FailureCode(models.TextChoices):
    """Why a payout failed, in words for its payee. What the bank said is for finance only."""

    ACCOUNT = "account", _("The bank can't pay to this account.")
    AMOUNT = "amount", _("This amount can't be paid in this currency.")
    BALANCE = (
        "balance",
        _("The balance fell below the planned amount, for example because of a return or a disputed order."),
    )
    REFUSED = "refused", _("The bank did not make this payment.")
    NOT_SENT = "not_sent", _("The money was not sent.")


PAYOUT_MOVES: dict[PayoutState, frozenset[PayoutState]] = {
    PayoutState.PLANNED: frozenset({PayoutState.SENDING, PayoutState.FAILED, PayoutState.DROPPED}),
    PayoutState.SENDING: frozenset({PayoutState.PAID, PayoutState.FAILED, PayoutState.UNKNOWN}),
    PayoutState.UNKNOWN: frozenset({PayoutState.RECONCILED, PayoutState.FAILED, PayoutState.SENDING}),
    PayoutState.PAID: frozenset({PayoutState.RETURNED}),
    PayoutState.FAILED: frozenset(),
    PayoutState.RECONCILED: frozenset({PayoutState.RETURNED}),
    PayoutState.RETURNED: frozenset(),
    PayoutState.DROPPED: frozenset(),
}
"""Maps each state to the states that may follow it.

A payout in UNKNOWN is sent again, and so returns to SENDING, if the bank has not received it. A paid one is RETURNED if
the money comes back, for example because the payee's account is closed.
"""

ARRIVED = (PayoutState.PAID, PayoutState.RECONCILED)
WAITING = (PayoutState.SENDING, PayoutState.UNKNOWN)
"""The states of payouts that wait for the bank's answer."""


FILE_PROVIDER = "csv"
"""The provider of batches that reach the bank as a file. See payouts.banks.bank_file."""


class Batch(models.Model):
    """Payouts that are planned and sent together. If the total is above a limit, a second person must approve it."""

    currency = models.CharField(_("currency"), max_length=3)
    provider = models.CharField(_("bank"), max_length=20)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("created by")
    )
    created_at = models.DateTimeField(_("created at"))
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("approved by")
    )
    approved_at = models.DateTimeField(_("approved at"), null=True)

    class Meta:
        verbose_name = _("payout batch")
        verbose_name_plural = _("payout batches")
        permissions = [("approve_batch", "Can approve payout batches")]
        constraints = [
            models.CheckConstraint(
                condition=Q(approved_by=None) | Q(created_by=None) | ~Q(approved_by=F("created_by")),
                name="payouts_batch_approved_by_another",
            )
        ]

    def __str__(self) -> str:
        return str(_("batch %(number)d")) % {"number": self.pk}

    @property
    def uses_files(self) -> bool:
        """Return whether finance exchanges files with the bank, instead of a call for each payout."""
        return self.provider == FILE_PROVIDER


class PayoutQuerySet(TransitionQuerySet["Payout"]):
    transitions = PAYOUT_MOVES

    def arrived(self) -> Self:
        return self.filter(state__in=ARRIVED)

    def planned(self) -> Self:
        return self.filter(state=PayoutState.PLANNED)

    def waiting(self) -> Self:
        return self.filter(state__in=WAITING)

    def refused(self) -> Self:
        """Return the payouts that wait because the bank refused them for a reason of the shop's own account."""
        return self.waiting().exclude(refused_text="")

    def not_dropped(self) -> Self:
        return self.exclude(state=PayoutState.DROPPED)


class Payout(OfPayee, models.Model):
    """A payment to one payee. The bank receives its key, and never sends money twice for the same key.

    In files that is the `bank_key`. A bank that is called puts the installation id in front of the `key`.
    """

    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="payouts", verbose_name=_("batch"))
    creator = models.ForeignKey(
        Creator, on_delete=models.PROTECT, null=True, blank=True, related_name="payouts", verbose_name=_("creator")
    )
    agency = models.ForeignKey(
        Agency, on_delete=models.PROTECT, null=True, blank=True, related_name="payouts", verbose_name=_("agency")
    )
    merchant = models.ForeignKey(
        Merchant, on_delete=models.PROTECT, null=True, blank=True, related_name="payouts", verbose_name=_("merchant")
    )
    state = models.CharField(_("state"), max_length=10, choices=PayoutState, default=PayoutState.PLANNED)
    amount_minor = models.PositiveBigIntegerField(_("amount"))
    currency = models.CharField(_("currency"), max_length=3)
    covers_until = models.BigIntegerField(
        default=0,
        help_text=_("The id of the last posting it pays. It pays all postings since the payee's previous payout."),
    )
    holder_name = models.CharField(_("account holder"), max_length=100)
    number = EncryptedTextField(_("account"))
    bank_code = models.CharField(_("bank code"), max_length=20, blank=True)
    country_code = models.CharField(_("country"), max_length=2, blank=True)
    account_version = models.PositiveIntegerField(
        default=0, help_text=_("Which version of the payee's account was planned, and then sent.")
    )
    bank_order = models.PositiveSmallIntegerField(
        _("bank order"),
        default=0,
        db_default=0,
        help_text=_("Which file of the batch it went to the bank in. 0 means none yet."),
    )
    bank_prefix = models.CharField(
        max_length=12,
        blank=True,
        default="",
        db_default="",
        help_text=_("The installation id in front of its key at the bank. Empty before its bank order is made."),
    )
    reference = models.CharField(_("bank reference"), max_length=120, blank=True)
    failure_code = models.CharField(
        _("reason for the failure"), max_length=10, choices=FailureCode, blank=True, default="", db_default=""
    )
    failure_text = models.CharField(
        _("what the bank said"), max_length=300, blank=True, help_text=_("Of a failed payout. Payees don't read it.")
    )
    refused_text = models.CharField(
        _("refused because of the shop's account"),
        max_length=300,
        blank=True,
        default="",
        db_default="",
        help_text=_("What the bank said about the shop's own account. The payout is sent again."),
    )
    refused_count = models.PositiveSmallIntegerField(
        default=0, db_default=0, help_text=_("How often it was refused because of the shop's own account.")
    )
    unclear_text = models.CharField(
        _("unclear"), max_length=300, blank=True, help_text=_("Why a person must find out whether the money was sent.")
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("decided by"),
        help_text=_("Who dropped it, or found out what became of it."),
    )
    decision_reason = models.CharField(_("reason for the decision"), max_length=300, blank=True)
    claimed_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    settled_at = models.DateTimeField(_("settled at"), null=True, blank=True)

    objects = PayoutQuerySet.as_manager()

    class Meta:
        verbose_name = _("payout")
        verbose_name_plural = _("payouts")
        indexes = [models.Index(fields=["state", "claimed_at"], name="payouts_payout_by_state")]
        constraints = [
            models.CheckConstraint(condition=is_one_payee(), name="payouts_payout_of_one_payee"),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="payouts_payout_of_something"),
            models.UniqueConstraint(
                fields=["creator", "currency"],
                condition=Q(state__in=("planned", "sending", "unknown"), creator__isnull=False),
                name="payouts_payout_one_open_per_creator",
            ),
            models.UniqueConstraint(
                fields=["agency", "currency"],
                condition=Q(state__in=("planned", "sending", "unknown"), agency__isnull=False),
                name="payouts_payout_one_open_per_agency",
            ),
            models.UniqueConstraint(
                fields=["merchant", "currency"],
                condition=Q(state__in=("planned", "sending", "unknown"), merchant__isnull=False),
                name="payouts_payout_one_open_per_merchant",
            ),
        ]

    def __str__(self) -> str:
        return self.key

    @property
    def key(self) -> str:
        return f"payout-{self.pk}"

    @property
    def bank_key(self) -> str:
        """Return the key in the bank's files. Orders from before it began with the installation id keep theirs."""
        return f"{self.bank_prefix}-{self.key}" if self.bank_prefix else self.key

    @property
    def decision_text(self) -> str:
        """Return the reason for the decision, in the reader's language if it is a sentence of ours."""
        return gettext(self.decision_reason) if self.decision_reason else ""

    @property
    def masked(self) -> str:
        return mask_number(self.number)
