"""What the house keeps of a merchant's sales. Less than the shop's own fee is proposed to a second person."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Model
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from accounts.models import Proposal, User
from accounts.proposals import Facts, ProposalKind, propose
from catalog.amounts import write_percent
from catalog.merchants.decisions import MerchantDecisionRefused, find_refusal, record_decision
from catalog.models import Merchant


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
        usual = f"{write_percent(settings.MERCHANT_FEE_BPS)} %"
        return [
            (_("Merchant"), self.title(changes)),
            (_("Fee"), _word(changes["fee_bps"], basis["fee_bps"])),
            (_("Usual fee"), usual),
        ]

    def about(self, row: Model) -> Mapping[str, Any] | None:
        return {"merchant": row.pk} if isinstance(row, Merchant) else None

    def basis(self, changes: Mapping[str, Any], *, is_locked: bool = False) -> dict[str, Any]:
        merchants = Merchant.objects.select_for_update() if is_locked else Merchant.objects.all()
        return {"fee_bps": merchants.get(pk=changes["merchant"]).fee_bps}

    def apply(self, proposal: Proposal, *, approved_by: User, now: datetime) -> None:
        """Lower the fee. The merchant is locked, and its fee is the one that the approver was shown."""
        Merchant.objects.filter(pk=proposal.changes["merchant"]).update(fee_bps=proposal.changes["fee_bps"])

    def gaining_users(self, changes: Mapping[str, Any]) -> Collection[int]:
        members = Merchant.objects.get(pk=changes["merchant"]).members
        return set(members.values_list("user", flat=True))


def change_fee(*, merchant_id: int, fee_bps: int, by: User, reason: str, now: datetime) -> Proposal | None:
    """Change the fee of the sales to come. One that is lowered below the shop's own is proposed; return the proposal.

    Raises MerchantDecisionRefused, and ProposalRefused if a proposal waits already.
    """
    with transaction.atomic():
        merchant = Merchant.objects.select_for_update().get(pk=merchant_id)
        if refusal := find_refusal(merchant, by):
            raise MerchantDecisionRefused(refusal)
        if fee_bps < min(merchant.fee_bps, settings.MERCHANT_FEE_BPS):
            changes = {"merchant": merchant.pk, "fee_bps": fee_bps}
            subject = f"merchant {merchant.pk}"
            return propose(
                kind=LowerMerchantFee.code, subject=subject, changes=changes, proposed_by=by, now=now, reason=reason
            )
        Merchant.objects.filter(pk=merchant.pk).update(fee_bps=fee_bps)
        words = gettext_noop("Fee changed to %(fee)s %%: %(reason)s")
        record_decision(merchant, by, words, fee=write_percent(fee_bps), reason=reason)
    return None


def _word(new_bps: int, old_bps: int) -> str:
    words = {"new": f"{write_percent(new_bps)} %", "old": f"{write_percent(old_bps)} %"}
    return _("%(new)s (until now %(old)s)") % words
