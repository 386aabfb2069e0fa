"""What the house keeps of a merchant's sales, and from when on.

Less than the shop's own fee is proposed to a second person. More is announced before it begins.
"""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Model
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from accounts.models import Proposal, User
from accounts.proposals import Facts, ProposalKind, propose
from catalog.amounts import write_percent
from catalog.merchants.decisions import MerchantDecisionRefused, find_refusal, record_decision
from catalog.merchants.mail import mail_fee_to_owners
from catalog.models import Merchant

FEE_NOTICE = timedelta(days=15)
"""How long before it begins a higher fee is announced. Source: Regulation (EU) 2019/1150, article 3."""


class LowerMerchantFee(ProposalKind):
    code = "merchant_fee"
    label = gettext_lazy("Lower fee of a merchant")
    propose_permission = "catalog.change_merchant"
    approve_permission = "catalog.approve_merchantfee"
    gain_refusal = gettext_lazy("You can't approve a lower fee of a merchant for which you act.")

    def title(self, changes: Mapping[str, Any]) -> str:
        return Merchant.objects.get(pk=changes["merchant"]).name

    def summarize(self, changes: Mapping[str, Any], basis: Mapping[str, Any]) -> str:
        return f"{_('Fee')}: {_word(changes['fee_bps'], basis['fee_bps'])}"

    def describe(self, changes: Mapping[str, Any], basis: Mapping[str, Any]) -> Facts:
        facts = [
            (_("Merchant"), self.title(changes)),
            (_("Fee"), _word(changes["fee_bps"], basis["fee_bps"])),
            (_("Usual fee"), f"{write_percent(settings.MERCHANT_FEE_BPS)} %"),
        ]
        if starts_at := _read_start(changes):
            facts.append((_("From"), date_format(localtime(starts_at))))
        if "next_fee_bps" in basis:
            facts.append((_("Replaces the next fee"), f"{write_percent(basis['next_fee_bps'])} %"))
        return facts

    def about(self, row: Model) -> Mapping[str, Any] | None:
        return {"merchant": row.pk} if isinstance(row, Merchant) else None

    def basis(self, changes: Mapping[str, Any], *, is_locked: bool = False) -> dict[str, Any]:
        merchants = Merchant.objects.select_for_update() if is_locked else Merchant.objects.all()
        merchant = merchants.get(pk=changes["merchant"])
        shown = {"fee_bps": merchant.fee_bps}
        return shown if merchant.next_fee_bps is None else shown | {"next_fee_bps": merchant.next_fee_bps}

    def apply(self, proposal: Proposal, *, approved_by: User, now: datetime) -> None:
        """Lower the fee. The merchant is locked, and its fees are those that the approver was shown."""
        merchant = Merchant.objects.get(pk=proposal.changes["merchant"])
        starts_at = _read_start(proposal.changes) or now
        _set_fee(merchant, proposal.changes["fee_bps"], starts_at=starts_at, reason=proposal.reason, now=now)

    def gaining_users(self, changes: Mapping[str, Any]) -> Collection[int]:
        members = Merchant.objects.get(pk=changes["merchant"]).members
        return set(members.values_list("user", flat=True))


def change_fee(
    *, merchant_id: int, fee_bps: int, by: User, reason: str, now: datetime, starts_at: datetime | None = None
) -> Proposal | None:
    """Change the fee of the sales from `starts_at` on or, without it, as soon as possible, and tell the owners.

    One that is lowered below the shop's own is proposed; return the proposal. A higher one begins after FEE_NOTICE. A change
    that was announced and has not begun is replaced. Raises MerchantDecisionRefused, and ProposalRefused if a proposal
    waits already.
    """
    with transaction.atomic():
        merchant = Merchant.objects.select_for_update().get(pk=merchant_id)
        if refusal := find_refusal(merchant, by):
            raise MerchantDecisionRefused(refusal)
        present_bps = merchant.fee_at(now)
        if fee_bps < min(present_bps, settings.MERCHANT_FEE_BPS):
            changes: dict[str, Any] = {"merchant": merchant.pk, "fee_bps": fee_bps}
            changes |= {"starts_at": starts_at.isoformat()} if starts_at else {}
            subject = f"merchant {merchant.pk}"
            return propose(
                kind=LowerMerchantFee.code, subject=subject, changes=changes, proposed_by=by, now=now, reason=reason
            )
        earliest = now + FEE_NOTICE if fee_bps > present_bps else now
        if starts_at is not None and fee_bps > present_bps and starts_at < earliest:
            raise MerchantDecisionRefused(
                _("Merchants are told of a higher fee %(days)d days before it begins. Choose %(date)s or later.")
                % {"days": FEE_NOTICE.days, "date": date_format(localtime(earliest) + timedelta(days=1))}
            )
        starts_at = starts_at or earliest
        _set_fee(merchant, fee_bps, starts_at=starts_at, reason=reason, now=now)
        words = gettext_noop("Fee changed to %(fee)s %% from %(date)s: %(reason)s")
        day = localtime(starts_at).date().isoformat()
        record_decision(merchant, by, words, fee=write_percent(fee_bps), date=day, reason=reason)
    return None


def find_next_fee(merchant: Merchant, *, now: datetime) -> tuple[str, datetime] | None:
    """Return the fee that was announced and has not begun, in percent, and when it begins; or None."""
    if merchant.next_fee_bps is None or merchant.next_fee_from is None or merchant.next_fee_from <= now:
        return None
    return write_percent(merchant.next_fee_bps), merchant.next_fee_from


def _set_fee(merchant: Merchant, fee_bps: int, *, starts_at: datetime, reason: str, now: datetime) -> None:
    """Set the fee that holds from a moment on, and email the owners. The merchant is locked."""
    if starts_at <= now:
        values: dict[str, Any] = {"fee_bps": fee_bps, "next_fee_bps": None, "next_fee_from": None}
    else:
        values = {"fee_bps": merchant.fee_at(now), "next_fee_bps": fee_bps, "next_fee_from": starts_at}
    Merchant.objects.filter(pk=merchant.pk).update(**values)
    mail_fee_to_owners(merchant=merchant, fee=write_percent(fee_bps), starts_at=max(starts_at, now), reason=reason)


def _read_start(changes: Mapping[str, Any]) -> datetime | None:
    return datetime.fromisoformat(changes["starts_at"]) if "starts_at" in changes else None


def _word(new_bps: int, old_bps: int) -> str:
    words = {"new": f"{write_percent(new_bps)} %", "old": f"{write_percent(old_bps)} %"}
    return _("%(new)s (until now %(old)s)") % words
