"""The double-entry ledger: accounts, postings and entries.

Database triggers reject unbalanced postings and changes to existing rows.
"""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.trigrams import search_index
from catalog.models import Merchant
from creators.models import Agency, Creator, Slot
from payouts.models.payee import OfPayee
from payouts.models.payout import Payout
from shop.models import OrderLine, RefundLine, RefundShare


class AccountKind(models.TextChoices):
    CREATOR = "creator", _("Owed to a creator")
    AGENCY = "agency", _("Owed to an agency")
    MERCHANT = "merchant", _("Owed to a merchant")
    FEES = "fees", _("Fees for clips")
    COMMISSIONS = "commissions", _("Commissions on sales")
    SALES = "sales", _("Sales of merchants")
    SALES_FEES = "sales_fees", _("Fees of merchants")
    DISCOUNTS = "discounts", _("Discounts on goods of merchants")
    PREPAID = "prepaid", _("Prepaid by sponsors")
    SPONSORED = "sponsored", _("Income from sponsored posts")
    IN_TRANSIT = "in_transit", _("In transit to the bank")
    BANK = "bank", _("Paid by the bank")


class AccountQuerySet(models.QuerySet["Account"]):
    def of_payees(self) -> Self:
        return self.filter(kind__in=(AccountKind.CREATOR, AccountKind.AGENCY, AccountKind.MERCHANT))


class Account(OfPayee, models.Model):
    """A ledger account. A positive balance on a payee's account is money that we owe them."""

    kind = models.CharField(_("kind"), max_length=12, choices=AccountKind)
    creator = models.ForeignKey(
        Creator, on_delete=models.PROTECT, null=True, blank=True, related_name="accounts", verbose_name=_("creator")
    )
    agency = models.ForeignKey(
        Agency, on_delete=models.PROTECT, null=True, blank=True, related_name="accounts", verbose_name=_("agency")
    )
    merchant = models.ForeignKey(
        Merchant, on_delete=models.PROTECT, null=True, blank=True, related_name="accounts", verbose_name=_("merchant")
    )
    currency = models.CharField(_("currency"), max_length=3)

    objects = AccountQuerySet.as_manager()

    class Meta:
        verbose_name = _("ledger account")
        verbose_name_plural = _("ledger accounts")
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "creator", "agency", "merchant", "currency"],
                name="payouts_account_of_payee_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(kind="creator", creator__isnull=False, agency=None, merchant=None)
                | Q(kind="agency", creator=None, agency__isnull=False, merchant=None)
                | Q(kind="merchant", creator=None, agency=None, merchant__isnull=False)
                | (~Q(kind__in=("creator", "agency", "merchant")) & Q(creator=None, agency=None, merchant=None)),
                name="payouts_account_payee_fits_kind",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.creator or self.agency or self.merchant or self.get_kind_display()} {self.currency}"


class PostingKind(models.TextChoices):
    FEE = "fee", _("Fee for an approved clip")
    COMMISSION = "commission", _("Commission on a sale")
    RETURN = "return", _("Commission reversed after a return")
    REVERSAL = "reversal", _("Reversal")
    SALE = "sale", _("Sale of a merchant")
    REFUND = "refund", _("Refund of a merchant's sale")
    SPONSORED = "sponsored", _("Sponsored post shown")
    PAYOUT = "payout", _("Payout")
    PAYOUT_PAID = "payout_paid", _("Payout completed")
    PAYOUT_FAILED = "payout_failed", _("Payout failed")
    PAYOUT_RETURN = "payout_return", _("Payout returned by the bank")


class Posting(models.Model):
    """One movement of money. Its entries sum to zero, and its unique `key` keeps it from being booked twice."""

    key = models.CharField(_("key"), max_length=40, unique=True)
    kind = models.CharField(_("kind"), max_length=14, choices=PostingKind)
    creator = models.ForeignKey(
        Creator,
        on_delete=models.PROTECT,
        null=True,
        related_name="postings",
        db_index=False,
        help_text=_("The creator whose statement shows it."),
        verbose_name=_("creator"),
    )
    merchant = models.ForeignKey(
        Merchant,
        on_delete=models.PROTECT,
        null=True,
        related_name="postings",
        db_index=False,
        help_text=_("The merchant whose statement shows it."),
        verbose_name=_("merchant"),
    )
    occurred_at = models.DateTimeField(_("occurred at"))
    booked_at = models.DateTimeField(_("booked at"))
    currency = models.CharField(max_length=3)
    gross_minor = models.BigIntegerField(_("gross"))
    agency_minor = models.BigIntegerField(_("agency"), default=0)
    slot = models.ForeignKey(Slot, on_delete=models.PROTECT, null=True, related_name="postings", verbose_name=_("slot"))
    order_line = models.ForeignKey(
        OrderLine, on_delete=models.PROTECT, null=True, related_name="postings", verbose_name=_("order line")
    )
    refund_line = models.ForeignKey(
        RefundLine, on_delete=models.PROTECT, null=True, related_name="postings", verbose_name=_("refund line")
    )
    refund_share = models.ForeignKey(
        RefundShare,
        on_delete=models.PROTECT,
        null=True,
        related_name="postings",
        db_index=False,
        verbose_name=_("refund share"),
    )
    payout = models.ForeignKey(
        Payout, on_delete=models.PROTECT, null=True, related_name="postings", verbose_name=_("payout")
    )
    reverses = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="reversed_by", verbose_name=_("reverses")
    )
    reason = models.CharField(
        _("reason"), max_length=200, blank=True, help_text=_("Of a reversal; the creator reads it.")
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("created by")
    )

    class Meta:
        verbose_name = _("posting")
        verbose_name_plural = _("postings")
        permissions = [("reverse_posting", "Can reverse postings"), ("approve_reversal", "Can approve reversals")]
        indexes = [
            search_index("key", name="payouts_posting_search"),
            # Covers the sums over a creator's postings: 20,000 lines are summed from the index alone.
            models.Index(
                fields=["creator", "-occurred_at"],
                include=["kind", "currency", "gross_minor", "agency_minor", "slot", "order_line"],
                name="payouts_posting_of_creator",
            ),
            models.Index(
                fields=["merchant", "-occurred_at"],
                condition=Q(merchant__isnull=False),
                name="payouts_posting_of_merchant",
            ),
            models.Index(
                fields=["refund_share"], condition=Q(refund_share__isnull=False), name="payouts_posting_of_share"
            ),
        ]

    def __str__(self) -> str:
        return self.key

    @property
    def net_minor(self) -> int:
        return self.gross_minor - self.agency_minor


class Entry(models.Model):
    """One line of a posting: an amount for one account. A posting's entries sum to zero."""

    posting = models.ForeignKey(Posting, on_delete=models.PROTECT, related_name="entries")
    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="entries", db_index=False, verbose_name=_("account")
    )
    amount_minor = models.BigIntegerField(_("amount"))

    class Meta:
        verbose_name = _("entry")
        verbose_name_plural = _("entries")
        indexes = [models.Index(fields=["account"], include=["amount_minor"], name="payouts_entry_of_account")]
        constraints = [models.CheckConstraint(condition=~Q(amount_minor=0), name="payouts_entry_not_zero")]

    def __str__(self) -> str:
        return str(_("entry %(number)d")) % {"number": self.pk}
