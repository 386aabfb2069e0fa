"""Decisions of staff about merchants: approved or declined, suspended and restored, and their changed legal data.

Each moves the state by compare-and-set, is in the merchant's history, and reaches its owners by email with the reason.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.contrib.admin.models import CHANGE, LogEntry
from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from accounts.history import history_line
from accounts.models import User
from catalog.merchants.applications import check_name
from catalog.merchants.mail import mail_decision_to_owners
from catalog.models import Merchant, MerchantState

DECIDE = "catalog.change_merchant"
"""Permission to decide about merchants."""


class MerchantDecisionRefused(Exception):
    """A decision that came too late, or that its maker may not make. Nothing was changed. The message says why."""


@dataclass(frozen=True)
class MerchantStep:
    """A decision that moves a merchant's state: what its page asks, and what the history says."""

    title: Promise
    question: Promise
    record: str
    old: MerchantState
    new: MerchantState
    needs_reason: bool = True


MERCHANT_STEPS: Mapping[str, MerchantStep] = {
    "approve": MerchantStep(
        gettext_lazy("Approve"),
        gettext_lazy(
            "Approve this merchant? Its members can then list products, which are reviewed before they are shown."
        ),
        gettext_noop("Approved."),
        MerchantState.APPLIED,
        MerchantState.APPROVED,
        needs_reason=False,
    ),
    "decline": MerchantStep(
        gettext_lazy("Decline"),
        gettext_lazy("Decline this application? The applicant may change it and apply again."),
        gettext_noop("Declined: %(reason)s"),
        MerchantState.APPLIED,
        MerchantState.REFUSED,
    ),
    "suspend": MerchantStep(
        gettext_lazy("Suspend"),
        gettext_lazy("Suspend this merchant? Its products go off sale. It still sends what is paid."),
        gettext_noop("Suspended: %(reason)s"),
        MerchantState.APPROVED,
        MerchantState.SUSPENDED,
    ),
    "restore": MerchantStep(
        gettext_lazy("Restore"),
        gettext_lazy("Restore this merchant? Its products are on sale again as before."),
        gettext_noop("Restored: %(reason)s"),
        MerchantState.SUSPENDED,
        MerchantState.APPROVED,
    ),
}


def decide_on_merchant(*, merchant: Merchant, step: str, reason: str, by: User, now: datetime) -> None:
    """Take a step of MERCHANT_STEPS. An approved merchant gets the shop's own fee. Raises MerchantDecisionRefused."""
    chosen = MERCHANT_STEPS[step]
    if refusal := find_refusal(merchant, by):
        raise MerchantDecisionRefused(refusal)
    values: dict[str, object] = {"decision_reason": reason}
    if step == "approve":
        values |= {"approved_at": now, "fee_bps": settings.MERCHANT_FEE_BPS}
    with transaction.atomic():
        if not Merchant.objects.move(merchant.pk, chosen.old, chosen.new, **values):
            raise MerchantDecisionRefused(_("Somebody else has decided in the meantime. Nothing was changed."))
        record_decision(merchant, by, chosen.record, reason=reason)
        mail_decision_to_owners(merchant=merchant, kind=step, reason=reason)


def decide_on_changes(*, merchant: Merchant, seen: Mapping[str, str], accepts: bool, reason: str, by: User) -> None:
    """Make the changes of name and legal data that owners asked for, or drop them with a reason.

    Raises MerchantDecisionRefused if they are not those that the page showed, and MerchantNameTaken.
    """
    if refusal := find_refusal(merchant, by):
        raise MerchantDecisionRefused(refusal)
    with transaction.atomic():
        locked = Merchant.objects.select_for_update().get(pk=merchant.pk)
        if not seen or locked.asked_changes != dict(seen):
            raise MerchantDecisionRefused(_("These changes are not what the page showed. Look at them again."))
        if accepts and "name" in seen:
            check_name(seen["name"], merchant_id=locked.pk)
        Merchant.objects.filter(pk=locked.pk).update(asked_changes={}, **(seen if accepts else {}))
        words = (
            gettext_noop("Changed as its owners asked.") if accepts else gettext_noop("Changes declined: %(reason)s")
        )
        record_decision(locked, by, words, reason=reason)
        mail_decision_to_owners(merchant=locked, kind="changed" if accepts else "unchanged", reason=reason)


def find_refusal(merchant: Merchant, by: User) -> str:
    """Return why `by` may not decide about the merchant, or "" if they may."""
    if not by.has_perm(DECIDE):
        return _("You may not decide about merchants.")
    if merchant.is_house:
        return _("The house is the shop itself.")
    if merchant.members.filter(user=by).exists():
        return _("You can't decide about a merchant for which you act.")
    return ""


def record_decision(merchant: Merchant, by: User, words: str, **values: str) -> None:
    line = history_line(words, **values)
    LogEntry.objects.log_actions(by.pk, [merchant], CHANGE, change_message=line, single_object=True)
