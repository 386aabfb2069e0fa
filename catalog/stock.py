"""Stock limits: the largest quantity per product in an order, and the stock at which pages say how many are left."""

MAX_QUANTITY = 20
"""The largest quantity of one product in a bag or an order."""
FEW_LEFT = 5
"""Pages say how many are left if the stock is at most this number."""


def few_left(available: int) -> int | None:
    """Return `available` if it is at most `FEW_LEFT`, otherwise None. Sold-out products get 0."""
    return available if available <= FEW_LEFT else None
