"""Commission rules are money, so every new one, and every end of one, is proposed to a second person."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.db.models import Model
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Proposal, User
from accounts.proposals import Facts, ProposalKind, ProposalRefused, propose
from catalog.amounts import write_percent
from creators.commission_rules import hold_rules, subject_id_of
from creators.models import SUBJECT_COLUMNS, CommissionRule, RuleScope

TOO_LATE = gettext_lazy(
    "The time that was proposed has passed, and rates are never changed for the past. Propose it again."
)


class NewCommissionRule(ProposalKind):
    code = "commission_rule"
    label = gettext_lazy("Commission rule")
    propose_permission = "creators.add_commissionrule"
    approve_permission = "creators.approve_terms"

    def title(self, changes: Mapping[str, Any]) -> str:
        return str(changes["name"])

    def summarize(self, changes: Mapping[str, Any], basis: Mapping[str, Any]) -> str:
        rule = _build(changes)
        return f"{write_percent(rule.rate_bps)} % · {name_subject(rule)}"

    def describe(self, changes: Mapping[str, Any], basis: Mapping[str, Any]) -> Facts:
        rule = _build(changes)
        return [
            (_("Name"), rule.name),
            (_("Applies to"), name_subject(rule)),
            (_("Rate"), f"{write_percent(rule.rate_bps)} %"),
            (_("Begins at"), _moment(_read_time(changes["starts_at"])) or _("When it is approved")),
            (_("Ends at"), _moment(rule.ends_at) or "–"),
        ]

    def about(self, row: Model) -> Mapping[str, Any] | None:
        return {row._meta.model_name: row.pk} if row._meta.model_name in SUBJECT_COLUMNS else None

    def find_obstacle(self, proposal: Proposal, *, now: datetime) -> str:
        return _find_delay(proposal.changes, now)

    def apply(self, proposal: Proposal, *, approved_by: User, now: datetime) -> None:
        """Add the rule. Without a time it begins now, as the clock says once no order is being placed."""
        hold_rules(is_changing=True)
        now = timezone.now()
        if refusal := _find_delay(proposal.changes, now):
            raise ProposalRefused(refusal)
        rule = _build(proposal.changes)
        rule.starts_at = _read_time(proposal.changes["starts_at"]) or now
        rule.proposed_by, rule.approved_by = proposal.proposed_by, approved_by
        rule.save(force_insert=True)

    def gaining_users(self, changes: Mapping[str, Any]) -> Collection[int]:
        rule = _build(changes)
        return () if rule.creator is None else (rule.creator.user_id,)


class CommissionRuleEnd(ProposalKind):
    code = "commission_rule_end"
    label = gettext_lazy("End of a commission rule")
    propose_permission = "creators.change_commissionrule"
    approve_permission = "creators.approve_terms"

    def title(self, changes: Mapping[str, Any]) -> str:
        return _find_rule(changes).name

    def summarize(self, changes: Mapping[str, Any], basis: Mapping[str, Any]) -> str:
        return f"{_('Ends at')}: {_moment(_read_time(changes['ends_at'])) or _('When it is approved')}"

    def describe(self, changes: Mapping[str, Any], basis: Mapping[str, Any]) -> Facts:
        rule = _find_rule(changes)
        return [
            (_("Name"), rule.name),
            (_("Applies to"), name_subject(rule)),
            (_("Rate"), f"{write_percent(rule.rate_bps)} %"),
            (_("Begins at"), _moment(rule.starts_at)),
            (_("Until now ends at"), _moment(_read_time(basis["ends_at"])) or "–"),
            (_("Ends at"), _moment(_read_time(changes["ends_at"])) or _("When it is approved")),
        ]

    def about(self, row: Model) -> Mapping[str, Any] | None:
        return {"rule": row.pk} if isinstance(row, CommissionRule) else None

    def basis(self, changes: Mapping[str, Any], *, is_locked: bool = False) -> dict[str, Any]:
        rules = CommissionRule.objects.select_for_update() if is_locked else CommissionRule.objects.all()
        return {"ends_at": _write_time(rules.get(pk=changes["rule"]).ends_at)}

    def find_obstacle(self, proposal: Proposal, *, now: datetime) -> str:
        rule = _find_rule(proposal.changes)
        if rule.ends_at is not None and rule.ends_at <= now:
            return _("This rule has already ended.")
        return _find_delay(proposal.changes, now)

    def apply(self, proposal: Proposal, *, approved_by: User, now: datetime) -> None:
        """End the rule. One that has not begun ends as it begins, and so never applies."""
        hold_rules(is_changing=True)
        rule, now = _find_rule(proposal.changes), timezone.now()
        if refusal := self.find_obstacle(proposal, now=now):
            raise ProposalRefused(refusal)
        ends_at = max(_read_time(proposal.changes["ends_at"]) or now, rule.starts_at)
        CommissionRule.objects.filter(pk=rule.pk).update(ends_at=ends_at)

    def gaining_users(self, changes: Mapping[str, Any]) -> Collection[int]:
        rule = _find_rule(changes)
        return () if rule.creator is None else (rule.creator.user_id,)


def propose_rule(*, rule: CommissionRule, starts_at: datetime | None, proposed_by: User, now: datetime) -> Proposal:
    """Propose an unsaved rule, which begins at a time or when it is approved. Raises ProposalRefused."""
    subject_id = subject_id_of(rule)
    changes = {
        "name": rule.name,
        "scope": rule.scope,
        "rate_bps": rule.rate_bps,
        "starts_at": _write_time(starts_at),
        "ends_at": _write_time(rule.ends_at),
    }
    if subject_id is not None:
        changes[rule.scope] = subject_id
    _refuse_past(changes, now)
    subject = f"rule {rule.scope} {subject_id or ''}".strip()
    return propose(kind=NewCommissionRule.code, subject=subject, changes=changes, proposed_by=proposed_by, now=now)


def propose_end(*, rule: CommissionRule, ends_at: datetime | None, proposed_by: User, now: datetime) -> Proposal:
    """Propose that a rule ends at a time or when it is approved. Raises ProposalRefused."""
    if rule.ends_at is not None and rule.ends_at <= now:
        raise ProposalRefused(_("This rule has already ended."))
    changes = {"rule": rule.pk, "ends_at": _write_time(ends_at)}
    _refuse_past(changes, now)
    kind, subject = CommissionRuleEnd.code, f"rule {rule.pk}"
    return propose(kind=kind, subject=subject, changes=changes, proposed_by=proposed_by, now=now)


def name_subject(rule: CommissionRule) -> str:
    """Return what a rule is for, in words: its scope, and the creator, product or whatever it names."""
    if rule.scope == RuleScope.HOUSE:
        return str(RuleScope.HOUSE.label)
    return f"{RuleScope(rule.scope).label}: {rule.subject}"


def _build(changes: Mapping[str, Any]) -> CommissionRule:
    subjects = {f"{column}_id": changes.get(column) for column in SUBJECT_COLUMNS}
    values = {name: changes[name] for name in ("name", "scope", "rate_bps")}
    return CommissionRule(**values, **subjects, ends_at=_read_time(changes["ends_at"]))


def _find_rule(changes: Mapping[str, Any]) -> CommissionRule:
    return CommissionRule.objects.get(pk=changes["rule"])


def _find_delay(changes: Mapping[str, Any], now: datetime) -> str:
    times = [_read_time(changes.get(name)) for name in ("starts_at", "ends_at")]
    return str(TOO_LATE) if any(time is not None and time < now for time in times) else ""


def _refuse_past(changes: Mapping[str, Any], now: datetime) -> None:
    if _find_delay(changes, now):
        raise ProposalRefused(_("Enter a time in the future. Rates are never changed for the past."))


def _read_time(text: str | None) -> datetime | None:
    return parse_datetime(text) if text else None


def _write_time(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()


def _moment(at: datetime | None) -> str:
    return date_format(localtime(at), "DATETIME_FORMAT") if at else ""
