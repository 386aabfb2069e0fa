"""Changes of payout accounts by staff. A second person approves them, the payee is told, and payouts wait some days."""

from collections.abc import Collection, Mapping
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Proposal, User
from accounts.proposals import Facts, ProposalKind, ProposalRefused, propose
from catalog.countries import country_name
from catalog.models import Merchant
from creators.models import Agency, Creator
from payouts.encryption import encrypt_text
from payouts.models import PayoutAccount
from payouts.models.encrypted import UNREADABLE, read_text
from payouts.models.payee import PAYEES, Payee, column_of, find_users
from payouts.models.payout_account import mask_number
from payouts.payout_accounts import AccountDetails, describe_bank, find_account, replace_payout_account

SECRET_FIELDS = ("number", "tax_id")
"""What is encrypted in a proposal's changes."""


class PayoutAccountChange(ProposalKind):
    code = "payout_account"
    label = gettext_lazy("Payout account")
    propose_permission = "payouts.change_payoutaccount"
    approve_permission = "payouts.approve_payoutaccount"

    def title(self, changes: Mapping[str, Any]) -> str:
        return str(_find_payee(changes) or "–")

    def summarize(self, changes: Mapping[str, Any], basis: Mapping[str, Any]) -> str:
        return f"{_('New account')}: {mask_number(_read_details(changes).number)}"

    def about(self, row: Model) -> Mapping[str, Any] | None:
        if isinstance(row, PayoutAccount):
            return {name: pk for name, pk in zip(PAYEES, row.payee_key, strict=True) if pk}
        return {column_of(row): row.pk} if isinstance(row, Creator | Agency | Merchant) else None

    def describe(self, changes: Mapping[str, Any], basis: Mapping[str, Any]) -> Facts:
        details = _read_details(changes)
        return [
            (_("Payee"), str(_find_payee(changes) or "–")),
            (_("Account until now"), changes["masked_before"] or "–"),
            (_("New account holder"), changes["holder_name"]),
            (_("New account"), mask_number(details.number)),
            (_("New bank"), describe_bank(details) or "–"),
            (_("New country"), country_name(details.country_code) or "–"),
            (_("New tax ID"), f"•••• {details.tax_id[-2:]}" if details.tax_id else _("as it is")),
        ]

    def gaining_users(self, changes: Mapping[str, Any]) -> Collection[int]:
        payee = _find_payee(changes)
        return [user.pk for user in find_users(payee)] if payee else ()

    def find_obstacle(self, proposal: Proposal, *, now: datetime) -> str:
        payee = _find_payee(proposal.changes)
        return _find_obstacle(proposal.changes, find_account(payee) if payee else None)

    def apply(self, proposal: Proposal, *, approved_by: User, now: datetime) -> None:
        """Replace the account. A creator who deleted their own account is paid what they are still owed, too."""
        payee = _find_payee(proposal.changes)
        obstacle = _find_obstacle(proposal.changes, find_account(payee, is_locked=True) if payee else None)
        if payee is None or obstacle:
            raise ProposalRefused(obstacle or _("This payee no longer exists."))
        replace_payout_account(payee=payee, details=_read_details(proposal.changes), now=now)

    def redact(self, changes: dict[str, Any]) -> dict[str, Any]:
        return changes | {"number": mask_number(_read_details(changes).number), "tax_id": ""}


def propose_account(
    *, payee: Payee, details: AccountDetails, reason: str, proposed_by: User, now: datetime
) -> Proposal:
    """Propose another account for a payee's payouts. Raises ProposalRefused."""
    account = find_account(payee)
    changes = {
        **dict.fromkeys(PAYEES),
        column_of(payee): payee.pk,
        **asdict(details),
        **{name: encrypt_text(getattr(details, name)) for name in SECRET_FIELDS},
        "version_before": account.version if account else 0,
        "masked_before": account.masked if account else "",
    }
    kind = PayoutAccountChange.code
    subject = f"@{payee.handle}" if isinstance(payee, Creator) else payee.name
    return propose(kind=kind, subject=subject, changes=changes, reason=reason, proposed_by=proposed_by, now=now)


def _find_obstacle(changes: Mapping[str, Any], account: PayoutAccount | None) -> str:
    if (account.version if account else 0) != changes["version_before"]:
        return _("The account was changed after this was proposed. Refuse it, and propose it again.")
    details = _read_details(changes)
    if UNREADABLE in (details.number, details.tax_id):
        return _("The account number can't be decrypted. Ask the operator for the key that was used before.")
    return ""


def _find_payee(changes: Mapping[str, Any]) -> Payee | None:
    """Return the payee. Proposals from before there were merchants do not name them."""
    if changes.get("merchant"):
        return Merchant.objects.filter(pk=changes["merchant"]).first()
    if changes["creator"]:
        return Creator.objects.select_related("user").filter(pk=changes["creator"]).first()
    return Agency.objects.select_related("user").filter(pk=changes["agency"]).first()


def _read_details(changes: Mapping[str, Any]) -> AccountDetails:
    """Return the proposed account. Values that no key decrypts are UNREADABLE, so that its page opens and it can be refused."""
    values = {field.name: changes.get(field.name, "") for field in fields(AccountDetails)}
    secrets = {name: read_text(values[name], column=f"proposal.{name}") for name in SECRET_FIELDS}
    return AccountDetails(**values | secrets)
