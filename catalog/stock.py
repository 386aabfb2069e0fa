"""Limits of stock and variants, such as the stock at which pages say how many are left."""

MAX_QUANTITY = 20
"""The largest quantity of one variant in a bag or an order."""
MAX_OPTIONS = 3
"""In how many ways the variants of a product can differ, such as colour and size."""
MAX_VARIANTS = 2_048
"""Of one product, as many as Shopify allows."""
LARGEST_STOCK = 1_000_000_000
"""The most that a variant can have. One that is sold without counting always has as many."""
FEW_LEFT = 5
"""Pages say how many are left if the stock is at most this number."""


def few_left(available: int) -> int | None:
    """Return `available` if it is at most `FEW_LEFT`, otherwise None. Sold-out products get 0."""
    return available if available <= FEW_LEFT else None
