"""Payees whom a batch leaves out although they are owed money: how many, and why."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import Q, Sum
from django.urls import reverse
from django.utils.translation import ngettext

from catalog.models import Merchant, MerchantState
from catalog.prices import format_money
from payouts.holder_names import takes_files
from payouts.ledger import undisputed
from payouts.models import Account, Batch, Hold, Payout, PayoutAccount
from payouts.models.payee import PAYEES, PayeeKey
from payouts.models.payout import ARRIVED, PayoutState


@dataclass(frozen=True)
class LeftOut:
    """How many payees are left out for one reason, and the admin page that shows them."""

    sentence: str
    url: str


def list_payee_currencies() -> list[str]:
    """Return the currencies in which a payee is or was owed something."""
    return sorted(Account.objects.of_payees().values_list("currency", flat=True).distinct())


def explain_left_out(*, currency: str, now: datetime, batch: Batch | None = None) -> list[LeftOut]:
    """Return why payees who are owed money are not in `batch`. Each payee counts once, for what must be solved first."""
    sums = Account.objects.of_payees().filter(currency=currency).values_list(*PAYEES)
    owed = sums.annotate(owed=Sum("entries__amount_minor")).filter(owed__gt=0)
    planned = set(batch.payouts.not_dropped().values_list(*PAYEES)) if batch else set()
    payees: set[PayeeKey] = {row[:3] for row in owed} - planned
    counts: Counter[str] = Counter()
    for cause, matching in _find_causes(currency, now).items():
        counts[cause] = len(payees & matching)
        payees -= matching
    counts["little"] = len(payees)
    return [_explain(cause, count, currency) for cause, count in counts.items() if count]


def _find_causes(currency: str, now: datetime) -> dict[str, set[PayeeKey]]:
    """Return the payees who cannot be paid, by cause. A payee with several causes is in each of them."""
    accounts = PayoutAccount.objects.values_list(*PAYEES)
    disputed = Account.objects.of_payees().filter(
        ~undisputed("entries__"), currency=currency, entries__posting__isnull=False
    )
    suspended = Merchant.objects.filter(state=MerchantState.SUSPENDED).values_list("pk", flat=True)
    rows = list(PayoutAccount.objects.all())
    payees: set[PayeeKey] = set(Account.objects.of_payees().values_list(*PAYEES))
    is_over = Q(state__in=(*ARRIVED, PayoutState.FAILED, PayoutState.RETURNED, PayoutState.DROPPED))
    return {
        "hold": {(creator, None, None) for creator in Hold.objects.active().values_list("creator", flat=True)},
        "suspended": {(None, None, merchant) for merchant in suspended},
        "account": payees - set(accounts),
        "key": {row.payee_key for row in rows if not row.is_readable},
        "name": {row.payee_key for row in rows if takes_files() and not row.has_bank_name},
        "change": set(accounts.filter(payouts_from__gt=now)),
        "open": set(Payout.objects.filter(currency=currency).exclude(is_over).values_list(*PAYEES)),
        "dispute": set(disputed.values_list(*PAYEES)),
    }


def _explain(cause: str, count: int, currency: str) -> LeftOut:
    minimum = format_money(settings.PAYOUT_MINIMUM_MINOR, currency)
    sentences = {
        "hold": ngettext("%(count)d payee is on hold.", "%(count)d payees are on hold.", count),
        "suspended": ngettext(
            "%(count)d payee is a suspended merchant.", "%(count)d payees are suspended merchants.", count
        ),
        "account": ngettext(
            "%(count)d payee has no payout account.", "%(count)d payees have no payout account.", count
        ),
        "key": ngettext(
            "%(count)d payout account can't be decrypted.", "%(count)d payout accounts can't be decrypted.", count
        ),
        "name": ngettext(
            "%(count)d payout account names its holder in letters that banks don't accept. The creator is asked by email.",
            "%(count)d payout accounts name their holders in letters that banks don't accept. The creators are asked by email.",
            count,
        ),
        "change": ngettext(
            "%(count)d payee waits after a change of the payout account.",
            "%(count)d payees wait after a change of the payout account.",
            count,
        ),
        "open": ngettext(
            "%(count)d payee has a payout that is still open.",
            "%(count)d payees have a payout that is still open.",
            count,
        ),
        "dispute": ngettext(
            "%(count)d payee waits for the end of a dispute about an order.",
            "%(count)d payees wait for the end of a dispute about an order.",
            count,
        ),
        "little": ngettext(
            "%(count)d payee is owed less than %(minimum)s.", "%(count)d payees are owed less than %(minimum)s.", count
        ),
    }
    return LeftOut(sentences[cause] % {"count": count, "minimum": minimum}, _find_page(cause, currency))


def _find_page(cause: str, currency: str) -> str:
    """Return the address of the page in admin that shows payees who are left out for this cause."""
    accounts = reverse("admin:payouts_payoutaccount_changelist")
    ledger = reverse("admin:payouts_account_changelist")
    return {
        "hold": f"{reverse('admin:payouts_hold_changelist')}?released_at__isempty=1",
        "suspended": f"{ledger}?kind__exact=merchant&currency={currency}",
        "account": f"{ledger}?payout_account=missing&currency={currency}",
        "key": accounts,
        "name": accounts,
        "change": accounts,
        "open": reverse("admin:payouts_payout_changelist"),
        "dispute": reverse("admin:shop_dispute_changelist"),
        "little": f"{ledger}?currency={currency}",
    }[cause]
