"""Arithmetic of money: integers in minor units, rates in basis points, one way to round.

Pure: no Django. Everything that rounds money in this project rounds here.
"""

from collections.abc import Sequence

WHOLE_BPS = 10_000
"""Basis points in 100 %."""


def divide_rounded(numerator: int, denominator: int) -> int:
    """Return the nearest whole number, halves to the even one, so that no side gains in the long run."""
    quotient, remainder = divmod(numerator, denominator)
    twice = 2 * remainder
    is_up = twice > denominator or (twice == denominator and quotient % 2 == 1)
    return quotient + 1 if is_up else quotient


def share_of(amount_minor: int, rate_bps: int) -> int:
    """Return the rounded share of one amount."""
    return divide_rounded(amount_minor * rate_bps, WHOLE_BPS)


def share_rounded_down(amount_minor: int, rate_bps: int) -> int:
    """Return the share of one amount without the fraction of a minor unit, which stays with the other side."""
    return amount_minor * rate_bps // WHOLE_BPS


def differs_by_more_than(old_minor: int, new_minor: int, limit_bps: int) -> bool:
    """Return True if the change from `old_minor`, up or down, is larger than `limit_bps` of it."""
    return abs(new_minor - old_minor) * WHOLE_BPS > old_minor * limit_bps


def percent_of(rate_bps: int) -> str:
    """Write a rate in percent without the sign: 450 basis points are "4.5"."""
    return f"{rate_bps / 100:g}"


def split_by_weights(total_minor: int, weights: Sequence[int]) -> list[int]:
    """Divide a total in proportion to weights so that the parts sum to it exactly.

    Largest-remainder method: everybody gets the whole part, what is left goes to the largest fractions, and among equal
    fractions to the earlier one. Raises ValueError when the weights sum to nothing and the total does not.
    """
    whole = sum(weights)
    if whole == 0:
        if total_minor:
            raise ValueError("There is nothing to divide by.")
        return [0 for _weight in weights]
    return _give_remainders(total_minor, [total_minor * weight for weight in weights], whole)


def shares_of(amounts: Sequence[tuple[int, int]]) -> list[int]:
    """Return the share of each (amount in minor units, rate in basis points), summing to the rounded exact total."""
    exact = [amount * rate for amount, rate in amounts]
    return _give_remainders(divide_rounded(sum(exact), WHOLE_BPS), exact, WHOLE_BPS)


def part_reversed(total_minor: int, part: int, whole: int) -> int:
    """Return how much of a total is undone in all once `part` of `whole` is undone: everything when both are equal."""
    return divide_rounded(total_minor * part, whole) if whole else total_minor


def _give_remainders(total: int, numerators: Sequence[int], denominator: int) -> list[int]:
    parts = [numerator // denominator for numerator in numerators]
    left = total - sum(parts)
    by_remainder = sorted(range(len(parts)), key=lambda index: -(numerators[index] % denominator))
    for index in by_remainder[:left]:
        parts[index] += 1
    return parts
