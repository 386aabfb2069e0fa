"""What may be said about what a variant cost before.

In the EU, a reduction and its percentage refer to the lowest price of the 30 days before it: Directive 98/6/EC,
article 6a. What a seller says in `compare_at_minor` is therefore crossed out only if the price really fell.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection
from django.utils.translation import gettext as _

from catalog.models import Variant
from catalog.prices import LEFT_TO_RIGHT_MARK, Price

REFERENCE_DAYS = 30


@dataclass(frozen=True)
class Reduction:
    """What stands beside a variant's price.

    `lowest` is the lowest price for which it could be bought in the 30 days before the reduction. If it is above the
    present price, it is crossed out, with `percent` off (0 for less than 1 %). Otherwise there was no reduction, and
    `compare_at` is only what the seller says it cost before.
    """

    compare_at: Price
    lowest: Price
    percent: int
    is_proven: bool

    @property
    def crossed_out(self) -> Price | None:
        return self.lowest if self.is_proven else None

    @property
    def note(self) -> str:
        """Return the sentence that stands beside the price."""
        lowest = _("Lowest price in the 30 days before: %(price)s") % {"price": self.lowest.text}
        if not self.is_proven:
            claim = _("The seller's price before: %(price)s") % {"price": self.compare_at.text}
            return f"{claim} · {lowest}"
        return f"{LEFT_TO_RIGHT_MARK}−{self.percent}%{LEFT_TO_RIGHT_MARK} · {lowest}" if self.percent else lowest


def find_reductions(variants: Iterable[Variant]) -> dict[int, Reduction]:
    """Return the reductions of these variants by id. Select their products. One query, only if prices must be looked up."""
    claimed = [
        variant
        for variant in variants
        if variant.compare_at_minor is not None and variant.compare_at_minor > variant.price_minor
    ]
    unknown = [variant.pk for variant in claimed if variant.reference_minor is None]
    lowest = _find_lowest_prices(unknown) if unknown else {}
    return {
        variant.pk: _compare(variant, variant.reference_minor or lowest.get(variant.pk, variant.price_minor))
        for variant in claimed
    }


def _compare(variant: Variant, lowest_minor: int) -> Reduction:
    is_proven = variant.reference_minor is not None and lowest_minor > variant.price_minor
    currency = variant.product.currency
    return Reduction(
        compare_at=Price(variant.compare_at_minor or 0, currency),
        lowest=Price(lowest_minor, currency),
        percent=(lowest_minor - variant.price_minor) * 100 // lowest_minor if is_proven else 0,
        is_proven=is_proven,
    )


def _find_lowest_prices(variant_ids: list[int]) -> dict[int, int]:
    """Return the lowest price of the last 30 days by variant. Prices that nobody could pay don't count."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT variant_id, min(price_minor) FROM (
                SELECT variant_id, price_minor, was_offered, changed_at,
                    lead(changed_at, 1, 'infinity') OVER (PARTITION BY variant_id ORDER BY changed_at, id) AS ended_at
                FROM catalog_pricechange WHERE variant_id = ANY(%s)
            ) history
            WHERE was_offered AND ended_at > changed_at AND ended_at > statement_timestamp() - make_interval(days => %s)
            GROUP BY variant_id
            """,
            [variant_ids, REFERENCE_DAYS],
        )
        return dict(cursor.fetchall())
