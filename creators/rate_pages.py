"""The studio's page of commission rates: which rules there are, and what they pay."""

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from catalog.amounts import write_percent
from catalog.models import Category
from creators.access import creator_required
from creators.models import CommissionRule, Creator, RuleScope
from creators.rule_proposals import name_subject

MOST_RULES = 200


@require_safe
@creator_required
def rates_page(request: HttpRequest, creator: Creator) -> HttpResponseBase:
    """Show the rules that may concern the creator in the order in which they apply, then the base rates of categories."""
    now = timezone.now()
    rules = list(CommissionRule.objects.concerning(creator, at=now).with_subjects().order_by("-starts_at")[:MOST_RULES])
    order = list(RuleScope)
    context = {
        "rules": [
            (rule, name_subject(rule), f"{write_percent(rule.rate_bps)}%")
            for rule in sorted(rules, key=lambda rule: order.index(RuleScope(rule.scope)))
        ],
        "categories": [
            (category.local_name, f"{write_percent(category.commission_rate_bps)}%")
            for category in Category.objects.order_by("parent__position", "parent_id", "position")
        ],
        "has_house_rule": any(rule.scope == RuleScope.HOUSE and rule.starts_at <= now for rule in rules),
        "now": now,
    }
    return render(request, "creators/rates.html", context)
