"""Terms of campaigns. A new version is published only when a second person approves it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Proposal, User
from accounts.proposals import Facts, ProposalKind, propose
from catalog.amounts import write_percent
from catalog.prices import format_money
from creators.campaigns import publish_terms
from creators.models import Campaign, ClipKind, Terms

COLUMNS = (
    *("fee_minor", "currency", "clips_per_creator", "products_per_clip", "is_same_category", "kinds", "hold_days"),
    *("agency_cap_bps", "is_category_credited", "opens_at", "closes_at", "is_offered_to_enrolled"),
)


class TermsPublication(ProposalKind):
    code = "terms"
    label = gettext_lazy("Campaign terms")
    propose_permission = "creators.add_terms"
    approve_permission = "creators.approve_terms"

    def describe(self, changes: Mapping[str, Any]) -> Facts:
        terms = _build(changes)
        campaign = Campaign.objects.with_terms().get(pk=changes["campaign"])
        most_minor = terms.fee_minor * campaign.clips_cap
        facts = [
            (_("Campaign"), campaign.title),
            (_("Fee per approved clip"), _fee(campaign, terms)),
            (_("Maximum clips in total"), f"{campaign.clips_cap:,}"),
            (_("Maximum in all"), format_money(most_minor, terms.currency)),
            (_("Maximum clips per creator"), f"{terms.clips_per_creator:,}"),
            (_("Minimum products per clip"), str(terms.products_per_clip)),
            (_("Kinds of clip"), ", ".join(str(ClipKind(kind).label) for kind in terms.kinds)),
            (_("Days a slot is held"), str(terms.hold_days)),
            (_("Maximum share of an agency"), f"{write_percent(terms.agency_cap_bps)} %"),
            (_("Opens at"), _moment(terms.opens_at)),
            (_("Closes at"), _moment(terms.closes_at) if terms.closes_at else "–"),
        ]
        columns = {column.name: column for column in Terms._meta.concrete_fields}
        facts += [(str(columns[name].verbose_name), _("Yes")) for name in COLUMNS if changes[name] is True]
        return facts

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


def _fee(campaign: Campaign, terms: Terms) -> str:
    fee = format_money(terms.fee_minor, terms.currency)
    if campaign.terms is None or campaign.terms.fee_minor == terms.fee_minor:
        return fee
    old = format_money(campaign.terms.fee_minor, campaign.terms.currency)
    return _("%(new)s (until now %(old)s)") % {"new": fee, "old": old}


def _moment(at: datetime) -> str:
    return date_format(localtime(at), "DATETIME_FORMAT")
