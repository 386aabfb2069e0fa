"""Money arithmetic. Amounts are integers in minor units, and rates are in basis points.

This module does not use Django. All amounts of money in this project are rounded here.
"""

from collections.abc import Sequence

WHOLE_BPS = 10_000
"""100 %, in basis points."""


def divide_rounded(numerator: int, denominator: int) -> int:
    """Return the quotient, rounded half to even so that rounding favours neither party in the long run."""
    quotient, remainder = divmod(numerator, denominator)
    doubled = 2 * remainder
    is_up = doubled > denominator or (doubled == denominator and quotient % 2 == 1)
    return quotient + 1 if is_up else quotient


def round_to_step(amount_minor: int, step_minor: int) -> int:
    """Return the multiple of a step that is nearest to an amount, half to even."""
    return divide_rounded(amount_minor, step_minor) * step_minor


def share_of(amount_minor: int, rate_bps: int) -> int:
    """Return an amount multiplied by a rate, rounded half to even."""
    return divide_rounded(amount_minor * rate_bps, WHOLE_BPS)


def share_rounded_down(amount_minor: int, rate_bps: int) -> int:
    """Return an amount multiplied by a rate, rounded down. The other party keeps the fraction of a minor unit."""
    return amount_minor * rate_bps // WHOLE_BPS


def differs_by_more_than(old_minor: int, new_minor: int, limit_bps: int) -> bool:
    """Return whether two amounts differ by more than `limit_bps` of `old_minor`."""
    return abs(new_minor - old_minor) * WHOLE_BPS > old_minor * limit_bps


def percent_of(rate_bps: int) -> str:
    """Format a rate as a percentage without the percent sign. For 450 basis points, return "4.5"."""
    return f"{rate_bps / 100:g}"


def shares_of(amounts: Sequence[tuple[int, int]]) -> list[int]:
    """Return a share for each pair. A pair is an amount in minor units and a rate in basis points.

    The shares add up to the exact total, rounded half to even. This is the largest-remainder method: each share is
    rounded down, and the remaining units go to the shares with the largest fractions. If fractions are equal, the
    earlier share gets the unit.

    Source: https://en.wikipedia.org/wiki/Largest_remainders_method
    """
    exact = [amount * rate for amount, rate in amounts]
    return _give_remainders(divide_rounded(sum(exact), WHOLE_BPS), exact, WHOLE_BPS)


def running_shares(total_minor: int, weights: Sequence[int]) -> list[int]:
    """Divide an amount in proportion to the weights. The shares are differences of rounded running totals.

    So they add up to the amount, and a share differs from its exact value by less than one minor unit. No share exceeds
    its weight if the amount does not exceed the sum of the weights. If all weights are 0, the last share is the amount.
    """
    whole, running, shared, shares = sum(weights), 0, 0, []
    for weight in weights:
        running += weight
        upto = divide_rounded(total_minor * running, whole) if whole else 0
        shares.append(upto - shared)
        shared = upto
    if shares and not whole:
        shares[-1] = total_minor
    return shares


def included_tax(gross_minor: int, rate_bps: int) -> int:
    """Return the tax that an amount contains, rounded half to even. For 11900 at 1900 basis points, return 1900."""
    return divide_rounded(gross_minor * rate_bps, WHOLE_BPS + rate_bps)


def part_reversed(total_minor: int, part: int, whole: int) -> int:
    """Return the reversed part of `total_minor`: `total_minor` * `part` / `whole`, rounded half to even.

    `part` is how much of `whole` has been reversed so far, including earlier reversals. If `whole` is 0, return
    `total_minor`.
    """
    return divide_rounded(total_minor * part, whole) if whole else total_minor


def _give_remainders(total: int, numerators: Sequence[int], denominator: int) -> list[int]:
    parts = [numerator // denominator for numerator in numerators]
    left = total - sum(parts)
    by_remainder = sorted(range(len(parts)), key=lambda index: -(numerators[index] % denominator))
    for index in by_remainder[:left]:
        parts[index] += 1
    return parts
