"""Limits on stock: the largest quantity of an order, and the stock below which pages say how many are left."""

MAX_QUANTITY = 20
"""The largest quantity of one product in a bag or an order."""
FEW_LEFT = 5
"""The highest stock at which pages say how many are left."""


def few_left(available: int) -> int | None:
    """Return the number left, 0 if sold out, or None if there are plenty."""
    return available if available <= FEW_LEFT else None
