"""Arithmetic with money: integers in minor units, rates in basis points, one rounding rule.

No Django here. All rounding of money in this project happens here.
"""

from collections.abc import Sequence

WHOLE_BPS = 10_000
"""Basis points in 100 %."""


def divide_rounded(numerator: int, denominator: int) -> int:
    """Return the quotient rounded half to even, so that neither party gains in the long run."""
    quotient, remainder = divmod(numerator, denominator)
    doubled = 2 * remainder
    is_up = doubled > denominator or (doubled == denominator and quotient % 2 == 1)
    return quotient + 1 if is_up else quotient


def share_of(amount_minor: int, rate_bps: int) -> int:
    """Return the share of one amount, rounded half to even."""
    return divide_rounded(amount_minor * rate_bps, WHOLE_BPS)


def share_rounded_down(amount_minor: int, rate_bps: int) -> int:
    """Return the share of one amount, rounded down: the other party keeps the fraction of a minor unit."""
    return amount_minor * rate_bps // WHOLE_BPS


def differs_by_more_than(old_minor: int, new_minor: int, limit_bps: int) -> bool:
    """Return False if the change from `old_minor`, up or down, is at most `limit_bps` of it."""
    return abs(new_minor - old_minor) * WHOLE_BPS > old_minor * limit_bps


def percent_of(rate_bps: int) -> str:
    """Format a rate in percent, without the percent sign: 450 basis points are "4.5"."""
    return f"{rate_bps / 100:g}"


def shares_of(amounts: Sequence[tuple[int, int]]) -> list[int]:
    """Return the share of each (amount in minor units, rate in basis points).

    The shares sum to the rounded exact total. This is the largest-remainder method: each share is rounded down, and the
    remaining units go to the shares with the largest fractions. Among equal fractions, the earlier share is first.
    Source: https://en.wikipedia.org/wiki/Largest_remainders_method
    """
    exact = [amount * rate for amount, rate in amounts]
    return _give_remainders(divide_rounded(sum(exact), WHOLE_BPS), exact, WHOLE_BPS)


def part_reversed(total_minor: int, part: int, whole: int) -> int:
    """Return the cumulative amount of a total that is reversed once `part` of `whole` has been reversed.

    It is the whole total if both are equal.
    """
    return divide_rounded(total_minor * part, whole) if whole else total_minor


def _give_remainders(total: int, numerators: Sequence[int], denominator: int) -> list[int]:
    parts = [numerator // denominator for numerator in numerators]
    left = total - sum(parts)
    by_remainder = sorted(range(len(parts)), key=lambda index: -(numerators[index] % denominator))
    for index in by_remainder[:left]:
        parts[index] += 1
    return parts
