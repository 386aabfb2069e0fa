"""The details of an audit entry in words."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from videos.models import AuditEntry, DecisionAction
from videos.models.review import OUTCOMES


def explain_entry(entry: AuditEntry) -> str:
    """Return what was decided, why a decision was refused, or what made the creator trusted. "" if there is no more."""
    details = entry.details
    if outcome := details.get("outcome"):
        return str(OUTCOMES[DecisionAction(outcome)])
    if tried := details.get("tried"):
        return f"{DecisionAction(tried).label}: {details.get('why', '')}"
    if count := details.get("approvals"):
        words = ngettext("%(count)d approval in a row", "%(count)d approvals in a row", count) % {"count": count}
        return f"{words}; {_('spot checks')}: {details.get('spot_check_percent', 0)} %"
    return ""
