"""How many of a product can be ordered at once, and when pages say that few are left."""

MAX_QUANTITY = 20
"""How many of one product a bag or an order can hold."""
FEW_LEFT = 5
"""Stock up to which pages say how many are left."""


def few_left(available: int) -> int | None:
    """Return how many are left, 0 when sold out, or None when there are plenty."""
    return available if available <= FEW_LEFT else None
