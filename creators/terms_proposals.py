"""Terms of campaigns. A new version is published only when a second person approves it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import Model
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.lists import join_list
from accounts.models import Proposal, User
from accounts.proposals import Facts, ProposalKind, propose
from catalog.amounts import write_percent
from catalog.prices import format_money
from creators.campaigns import publish_terms
from creators.models import Campaign, ClipKind, Terms

COLUMNS = (
    *("fee_minor", "currency", "clips_per_creator", "products_per_clip", "is_same_category", "kinds", "hold_days"),
    *("accepts_photos", "agency_cap_bps", "is_category_credited", "opens_at", "closes_at", "is_offered_to_enrolled"),
)


class TermsPublication(ProposalKind):
    code = "terms"
    label = gettext_lazy("Campaign terms")
    propose_permission = "creators.add_terms"
    approve_permission = "creators.approve_terms"

    def title(self, changes: Mapping[str, Any]) -> str:
        return Campaign.objects.get(pk=changes["campaign"]).local_title

    def summarize(self, changes: Mapping[str, Any], basis: Mapping[str, Any]) -> str:
        """Return what differs from the terms until now, or for the first terms the fee."""
        terms, old = _build(changes), _find_terms(basis)
        if old is None:
            return f"{_('Fee per approved clip')}: {_fee(terms, None)}"
        old_conditions = _conditions(old)
        facts = [(_("Fee per approved clip"), _fee(terms, old))] if _fee(terms, None) != _fee(old, None) else []
        facts += [fact for fact in _conditions(terms) if fact not in old_conditions]
        dropped = [label for label, _value in old_conditions if label not in dict(_conditions(terms))]
        facts += [(label, _("No")) for label in dropped]
        return "; ".join(f"{label}: {value}" for label, value in facts) or _("The same terms again")

    def describe(self, changes: Mapping[str, Any], basis: Mapping[str, Any]) -> Facts:
        terms, cap = _build(changes), basis["clips_cap"]
        return [
            (_("Campaign"), self.title(changes)),
            (_("Fee per approved clip"), _fee(terms, _find_terms(basis))),
            (_("Maximum clips in total"), f"{cap:,}"),
            (_("Maximum in all"), format_money(terms.fee_minor * cap, terms.currency)),
            *_conditions(terms),
        ]

    def about(self, row: Model) -> Mapping[str, Any] | None:
        return {"campaign": row.pk} if isinstance(row, Campaign) else None

    def basis(self, changes: Mapping[str, Any], *, is_locked: bool = False) -> dict[str, Any]:
        return read_budget(changes["campaign"], is_locked=is_locked)

    def apply(self, proposal: Proposal, *, approved_by: User, now: datetime) -> None:
        terms = _build(proposal.changes)
        terms.created_by, terms.approved_by = proposal.proposed_by, approved_by
        publish_terms(terms=terms)


def propose_terms(*, terms: Terms, proposed_by: User, now: datetime) -> Proposal:
    """Propose unsaved terms for publication. Raises ProposalRefused."""
    changes = {name: getattr(terms, name) for name in COLUMNS} | {"campaign": terms.campaign_id}
    subject = terms.campaign.slug
    return propose(kind=TermsPublication.code, subject=subject, changes=changes, proposed_by=proposed_by, now=now)


def _build(changes: Mapping[str, Any]) -> Terms:
    columns = [column for column in Terms._meta.concrete_fields if column.name in COLUMNS]
    values = {column.name: column.to_python(changes[column.name]) for column in columns}
    return Terms(campaign_id=changes["campaign"], **values)


def read_budget(campaign_id: int, *, is_locked: bool = False) -> dict[str, Any]:
    """Return what a campaign may cost: its cap, and the id of its current terms. `is_locked` locks the campaign."""
    campaigns = Campaign.objects.select_for_update() if is_locked else Campaign.objects.all()
    campaign = campaigns.get(pk=campaign_id)
    return {"clips_cap": campaign.clips_cap, "terms": campaign.terms_id}


def _find_terms(basis: Mapping[str, Any]) -> Terms | None:
    return Terms.objects.filter(pk=basis["terms"]).first()


def _conditions(terms: Terms) -> Facts:
    facts = [
        (_("Maximum clips per creator"), f"{terms.clips_per_creator:,}"),
        (_("Minimum products per clip"), str(terms.products_per_clip)),
        (_("Kinds of clip"), join_list(ClipKind(kind).label for kind in terms.kinds)),
        (_("Days a slot is held"), str(terms.hold_days)),
        (_("Maximum share of an agency"), f"{write_percent(terms.agency_cap_bps)} %"),
        (_("Opens at"), _moment(terms.opens_at)),
        (_("Closes at"), _moment(terms.closes_at) if terms.closes_at else "–"),
    ]
    columns = {column.name: column for column in Terms._meta.concrete_fields}
    facts += [(str(columns[name].verbose_name), _("Yes")) for name in COLUMNS if getattr(terms, name) is True]
    return facts


def _fee(terms: Terms, old: Terms | None) -> str:
    fee = format_money(terms.fee_minor, terms.currency)
    if old is None or (old.fee_minor, old.currency) == (terms.fee_minor, terms.currency):
        return fee
    return _("%(new)s (until now %(old)s)") % {"new": fee, "old": format_money(old.fee_minor, old.currency)}


def _moment(at: datetime) -> str:
    return date_format(localtime(at), "DATETIME_FORMAT")
