"""An order as its shopper sees it: what each seller sends, and in which parcels."""

from collections.abc import Sequence
from dataclasses import dataclass

from catalog.merchants.seller_profile import seller_path
from catalog.merchants.sellers import name_seller
from catalog.models import PickupPlace
from shop.delivery.summary import group_by_merchant
from shop.models import Order, OrderLine, Parcel


@dataclass(frozen=True)
class SellerGroup:
    """The lines and parcels of one merchant in an order, and where they are picked up, if they are.

    `path` is its page, or "". `is_named` unless the shop alone sells.
    """

    name: str
    path: str
    is_named: bool
    lines: Sequence[OrderLine]
    parcels: Sequence[Parcel]

    @property
    def pickup_place(self) -> PickupPlace | None:
        return next((line.pickup_place for line in self.lines if line.pickup_place), None)


def list_sellers(order: Order) -> list[SellerGroup]:
    """Return the groups in the order of their first lines. Prefetch the order's lines and parcels."""
    groups = [group for group in group_by_merchant(order.lines.all(), order.list_parcels()) if group[0]]
    is_house_alone = all(lines[0].merchant.is_house for lines, _parcels in groups)
    return [
        SellerGroup(name_seller(lines[0].merchant), seller_path(lines[0].merchant), not is_house_alone, lines, parcels)
        for lines, parcels in groups
    ]
