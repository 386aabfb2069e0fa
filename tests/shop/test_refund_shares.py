"""Refunds of parts are differences of running totals: any sequence refunds exactly what was paid, and none fails."""

import os
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from shop.charges import ChargeRules, Charges, PricedLine, calculate_charges
from shop.refund_shares import ChargeParts, PaidLine, PaidOrder, share_amount, share_goods

EXAMPLES = 50 * int(os.environ.get("MONEY_SEQUENCES", "8"))
RATES = st.sampled_from([0, 0, 1, 250, 500, 700, 725, 1900, 2000, 2500, 10_000])
PRICES = st.one_of(st.integers(0, 3), st.integers(0, 3000), st.integers(0, 10**9))
SHARES = st.sampled_from([0, 0, 0, 1, 33, 50, 99, 100])


def discounted_line(price_minor: int, quantity: int, rate_bps: int, percent: int) -> PricedLine:
    return PricedLine(price_minor, quantity, rate_bps, price_minor * quantity * percent // 100)


LINES = st.lists(st.builds(discounted_line, PRICES, st.integers(1, 20), RATES, SHARES), min_size=1, max_size=5)
RULES = st.builds(ChargeRules, st.integers(0, 2000), st.integers(0, 10_000), st.booleans(), st.booleans())


def paid_order(lines: list[PricedLine], charges: Charges) -> PaidOrder:
    return PaidOrder(
        lines=[
            PaidLine(charged.amount_minor, line.quantity, 0, charged.tax_rate_bps, charged.tax_minor)
            for line, charged in zip(lines, charges.lines, strict=True)
        ],
        paid=ChargeParts(
            charges.goods_minor, charges.shipping_minor, {tax.rate_bps: tax.tax_minor for tax in charges.taxes}
        ),
        refunded=ChargeParts(),
        refunded_minor=0,
        prices_include_tax=charges.prices_include_tax,
    )


def refund(order: PaidOrder, parts: ChargeParts, quantities: list[int]) -> PaidOrder:
    """Return the order after the refund. Assert that the parts of the refund and of the rest are possible."""
    amount_minor = parts.amount_minor(is_tax_included=order.prices_include_tax)
    refunded = order.refunded.plus(parts)
    left = order.paid.minus(refunded)
    for rest in (parts, left):
        assert min(rest.goods_minor, rest.shipping_minor, *rest.taxes.values(), 0) == 0
        assert rest.tax_minor <= rest.goods_minor + rest.shipping_minor + (0 if order.prices_include_tax else 10**12)
    lines = [
        PaidLine(line.amount_minor, line.quantity, line.returned + quantity, line.tax_rate_bps, line.tax_minor)
        for line, quantity in zip(order.lines, quantities, strict=True)
    ]
    refunded_minor = order.refunded_minor + amount_minor
    return PaidOrder(lines, order.paid, refunded, refunded_minor, order.prices_include_tax, order.step_minor)


@settings(max_examples=EXAMPLES, deadline=None)
@given(lines=LINES, rules=RULES)
def test_charges_add_up(lines: list[PricedLine], rules: ChargeRules) -> None:
    charges = calculate_charges(lines, rules)
    net_minor = sum(tax.net_minor for tax in charges.taxes)
    untaxed_minor = sum(line.amount_minor for line in charges.lines if line.tax_rate_bps == 0)
    assert charges.goods_minor == sum(line.amount_minor for line in charges.lines)
    assert charges.tax_minor == sum(line.tax_minor for line in charges.lines) + charges.shipping_tax_minor
    assert charges.tax_minor == sum(tax.tax_minor for tax in charges.taxes)
    assert all(0 <= line.tax_minor <= line.amount_minor for line in charges.lines)
    assert 0 <= charges.shipping_tax_minor <= charges.shipping_minor
    assert net_minor + untaxed_minor <= charges.total_minor
    if untaxed_minor == 0 and charges.goods_minor:
        assert net_minor + charges.tax_minor == charges.total_minor
    if rules.is_reverse_charged:
        assert (charges.tax_minor, charges.taxes, charges.prices_include_tax) == (0, (), False)


@settings(max_examples=EXAMPLES, deadline=None)
@given(lines=LINES, rules=RULES, data=st.data())
def test_any_sequence_of_refunds_returns_exactly_what_was_paid(
    lines: list[PricedLine], rules: ChargeRules, data: st.DataObject
) -> None:
    charges = calculate_charges(lines, rules)
    order = paid_order(lines, charges)
    while any(line.returned < line.quantity for line in order.lines):
        if order.left_minor > 1 and data.draw(st.booleans(), label="amount without goods"):
            amount_minor = data.draw(st.integers(1, order.left_minor - 1))
            parts = share_amount(order, amount_minor)
            assert parts.amount_minor(is_tax_included=order.prices_include_tax) == amount_minor
            order = refund(order, parts, [0] * len(lines))
        kept = [data.draw(st.integers(0, line.quantity - line.returned)) for line in order.lines]
        pairs = zip(order.lines, kept, strict=True)
        quantities = [line.quantity - line.returned - stays for line, stays in pairs]
        if any(quantities):
            order = refund(order, share_goods(order, quantities), quantities)
    assert order.refunded_minor == charges.total_minor
    assert order.paid.minus(order.refunded) == ChargeParts(0, 0, {tax.rate_bps: 0 for tax in charges.taxes})


STEP = 10


@settings(max_examples=EXAMPLES, deadline=None)
@given(lines=LINES, rules=RULES, data=st.data())
def test_any_sequence_of_refunds_goes_in_the_steps_of_the_provider(
    lines: list[PricedLine], rules: ChargeRules, data: st.DataObject
) -> None:
    """Dinars have three decimals, of which the last must be 0 at Stripe, but the price of a unit may have any."""
    charges = calculate_charges(lines, rules)
    more_minor = -charges.total_minor % STEP  # only orders in whole steps can be charged
    order = paid_order(lines, charges)
    order = replace(order, step_minor=STEP, paid=order.paid.plus(ChargeParts(0, more_minor)))
    exact_minor, has_amounts = 0, False
    while any(line.returned < line.quantity for line in order.lines):
        if order.left_minor > STEP and data.draw(st.booleans(), label="amount without goods"):
            steps = data.draw(st.integers(1, order.left_minor // STEP - 1))
            order, has_amounts = refund(order, share_amount(order, steps * STEP), [0] * len(lines)), True
        left = [line.quantity - line.returned for line in order.lines]
        numbers = [most - data.draw(st.integers(0, most)) for most in left]
        if any(numbers):
            order = refund(order, share_goods(order, numbers), numbers)
        exact_minor = order.returned_minor
        assert order.refunded_minor % STEP == 0
        if not has_amounts and any(line.returned < line.quantity for line in order.lines):
            assert abs(order.refunded_minor - exact_minor) <= STEP
    assert order.refunded_minor == charges.total_minor + more_minor


@settings(max_examples=EXAMPLES, deadline=None)
@given(lines=LINES, rules=RULES, data=st.data())
def test_without_other_refunds_every_unit_is_refunded_at_its_price(
    lines: list[PricedLine], rules: ChargeRules, data: st.DataObject
) -> None:
    """Return units one by one in any order: each brings its price, its tax to the cent, and nothing is cut off."""
    charges = calculate_charges(lines, rules)
    order = paid_order(lines, charges)
    places = [place for place, line in enumerate(lines) for _unit in range(line.quantity)]
    for place in data.draw(st.permutations(places)):
        quantities = [int(place == other) for other in range(len(lines))]
        line, parts = order.lines[place], share_goods(order, quantities)
        assert abs(parts.goods_minor - line.amount_minor / line.quantity) <= 1
        if line.amount_minor == charges.lines[place].unit_price_minor * line.quantity:
            assert parts.goods_minor == charges.lines[place].unit_price_minor
        exact = line.tax_minor / line.quantity
        if sum(left.quantity - left.returned for left in order.lines) > 1:
            assert parts.shipping_minor == 0
            assert abs(parts.tax_minor - exact) <= 1 + exact * 1e-9
        order = refund(order, parts, quantities)
    assert order.refunded_minor == charges.total_minor


def test_refunds_that_earlier_versions_did_not_divide_count() -> None:
    paid = ChargeParts(1000, 500, {None: 150})
    order = PaidOrder([PaidLine(1000, 2, 0, None, 100)], paid, ChargeParts(), 650, prices_include_tax=False)
    first = share_goods(order, [1])
    assert first.amount_minor(is_tax_included=False) == 550
    order = PaidOrder([PaidLine(1000, 2, 1, None, 100)], paid, first, 1200, prices_include_tax=False)
    assert share_goods(order, [1]).amount_minor(is_tax_included=False) == 450


def test_twenty_units_at_29_cents_with_19_percent_tax() -> None:
    lines = [PricedLine(29, 20, 1900)]
    order = paid_order(lines, calculate_charges(lines, ChargeRules(0, 0)))
    amounts = []
    for _unit in range(20):
        parts = share_goods(order, [1])
        amounts.append(parts.amount_minor(is_tax_included=False))
        order = refund(order, parts, [1])
    assert (sum(amounts), set(amounts)) == (690, {34, 35})
