"""Rounding of money: one rule, and no minor unit is created or lost."""

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from catalog.money import (
    differs_by_more_than,
    divide_rounded,
    part_reversed,
    percent_of,
    share_of,
    share_rounded_down,
    shares_of,
)
from catalog.prices import format_money, plain_decimal

amounts = st.integers(0, 10**9)
rates = st.integers(0, 10_000)


@pytest.mark.parametrize(
    ("numerator", "denominator", "rounded"),
    [(1, 2, 0), (3, 2, 2), (5, 2, 2), (-1, 2, 0), (-3, 2, -2), (7, 3, 2), (8, 3, 3)],
)
def test_halves_are_rounded_to_the_even_number(numerator: int, denominator: int, rounded: int) -> None:
    assert divide_rounded(numerator, denominator) == rounded


def test_shares_at_the_reference_rates() -> None:
    assert [share_of(1999, rate) for rate in (450, 1000, 200, 2000)] == [90, 200, 40, 400]
    assert [share_rounded_down(1999, rate) for rate in (450, 1000, 200, 2000)] == [89, 199, 39, 399]
    assert [percent_of(rate) for rate in (450, 1000, 200, 2000)] == ["4.5", "10", "2", "20"]


@pytest.mark.parametrize(("new", "is_past"), [(1200, False), (1201, True), (800, False), (799, True)])
def test_a_change_is_past_its_limit_in_either_direction(new: int, is_past: bool) -> None:
    assert differs_by_more_than(1000, new, 2000) == is_past


def test_largest_remainders_get_the_cents_left_over() -> None:
    assert shares_of([(100, 333), (100, 333), (100, 334)]) == [3, 3, 4]
    assert shares_of([(50, 100), (50, 100), (50, 100)]) == [1, 1, 0]


@given(st.lists(st.tuples(amounts, rates), max_size=20))
def test_shares_sum_to_the_rounded_exact_total(lines: list[tuple[int, int]]) -> None:
    exact = sum(amount * rate for amount, rate in lines)
    shares = shares_of(lines)
    assert sum(shares) == divide_rounded(exact, 10_000)
    assert all(share >= 0 for share in shares)


@given(amounts, st.integers(1, 20), st.data())
def test_a_complete_reversal_reverses_everything(total: int, whole: int, data: st.DataObject) -> None:
    part = data.draw(st.integers(0, whole))
    assert 0 <= part_reversed(total, part, whole) <= total
    assert part_reversed(total, whole, whole) == total


def test_money_is_formatted_in_the_active_language() -> None:
    assert format_money(123456, "USD") == "$1,234.56"
    assert format_money(1234, "JPY") == "¥1,234"
    with translation.override("he"):
        assert "1,234.56" in format_money(123456, "USD")
    assert plain_decimal(-5, "USD") == "-0.05"
