"""Averages of stars."""


def average_stars(rating_sum: int, rating_count: int) -> float | None:
    """Return the average to one decimal, halves upwards, or None without ratings."""
    return (20 * rating_sum + rating_count) // (2 * rating_count) / 10 if rating_count else None
