"""Which commission rule applies to a sale.

Of the rules in force, that of the creator comes first, then that of the campaign, the product, the brand, the nearest
category on the way up the tree, and the whole shop. Of two rules for the same thing, the one that began later applies.
Where there is no rule, it is the base rate of the product's category.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import Q

from catalog.models import Category, Product
from creators.models import CommissionRule, RuleScope

RULES_LOCK = 820_044
"""Key of the advisory lock that orders hold together, and that a change of the rules holds alone."""


@dataclass(frozen=True)
class AppliedRate:
    """The rate for a sale. `rule` is None if it is the base rate of the category, whose name is then `name`."""

    rate_bps: int
    name: str
    rule: CommissionRule | None = None


@dataclass(frozen=True)
class Rulebook:
    """The rules in force at one moment, the latest of each subject, with the parents of all categories."""

    rules: Mapping[tuple[str, int | None], CommissionRule]
    parents: Mapping[int, int | None]

    def find_rate(self, product: Product, *, creator_id: int | None, campaign_id: int | None) -> AppliedRate:
        """Return the rate for a sale. The product comes with its category."""
        subjects: list[tuple[str, int | None]] = [
            (RuleScope.CREATOR, creator_id),
            (RuleScope.CAMPAIGN, campaign_id),
            (RuleScope.PRODUCT, product.pk),
            (RuleScope.BRAND, product.brand_id),
            *((RuleScope.CATEGORY, category_id) for category_id in self._lineage(product.category_id)),
            (RuleScope.HOUSE, None),
        ]
        for scope, subject_id in subjects:
            rule = self.rules.get((scope, subject_id))
            if rule is not None:
                return AppliedRate(rule.rate_bps, rule.name, rule)
        return AppliedRate(product.category.commission_rate_bps, product.category.name)

    def _lineage(self, category_id: int) -> Iterable[int]:
        nearest: int | None = category_id
        while nearest is not None:
            yield nearest
            nearest = self.parents.get(nearest)


def read_rulebook(
    products: Sequence[Product], *, creator_ids: Iterable[int], campaign_ids: Iterable[int], at: datetime
) -> Rulebook:
    """Return the rules that may apply to these products, creators and campaigns at a moment. Two queries."""
    of_sale = (
        Q(scope__in=[RuleScope.HOUSE, RuleScope.CATEGORY])
        | Q(creator__in=creator_ids)
        | Q(campaign__in=campaign_ids)
        | Q(product__in=[product.pk for product in products])
        | Q(brand__in={product.brand_id for product in products})
    )
    rules = CommissionRule.objects.in_force_at(at).filter(of_sale).order_by("starts_at", "pk")
    latest = {(rule.scope, subject_id_of(rule)): rule for rule in rules}
    has_categories = any(rule.scope == RuleScope.CATEGORY for rule in latest.values())
    return Rulebook(latest, dict(Category.objects.values_list("pk", "parent")) if has_categories else {})


def find_rate(
    product: Product, *, creator_id: int | None = None, campaign_id: int | None = None, at: datetime
) -> AppliedRate:
    """Return the rate for one sale."""
    creators = [] if creator_id is None else [creator_id]
    campaigns = [] if campaign_id is None else [campaign_id]
    rulebook = read_rulebook([product], creator_ids=creators, campaign_ids=campaigns, at=at)
    return rulebook.find_rate(product, creator_id=creator_id, campaign_id=campaign_id)


def subject_id_of(rule: CommissionRule) -> int | None:
    return None if rule.scope == RuleScope.HOUSE else getattr(rule, f"{rule.scope}_id")


def hold_rules(*, is_changing: bool = False) -> None:
    """Keep the rules as they are until the transaction ends or, with `is_changing`, wait until no order is being placed.

    So an order sees every rule that had begun when it was placed.
    """
    lock = "pg_advisory_xact_lock" if is_changing else "pg_advisory_xact_lock_shared"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {lock}(%s)", [RULES_LOCK])
