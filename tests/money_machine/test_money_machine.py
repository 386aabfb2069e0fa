"""The money machine in small: for more sequences run `python -m tests.money_machine`."""

import time
from collections.abc import Callable
from typing import Any
from unittest import mock

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from payouts.models import Payout, Posting
from shop.models import Payment
from shop.orders import cancel_order
from shop.release import Release
from tests.money_machine.machine import MoneyMachine
from tests.money_machine.plan import Plan, StepCounts
from tests.money_machine.world import World, open_world

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(1200)]


@pytest.fixture
def plan(request: pytest.FixtureRequest) -> Plan:
    given = request.config.pluginmanager.get_plugin("money-machine-plan")
    return given if isinstance(given, Plan) else Plan()


def run(plan: Plan) -> StepCounts:
    """Run the sequences. Raises what the first broken one raised."""
    phases = [Phase.generate, Phase.shrink] if plan.shrinks else [Phase.generate]
    checks = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
    chosen = settings(
        max_examples=plan.sequences,
        stateful_step_count=plan.steps,
        deadline=None,
        suppress_health_check=checks,
        database=None,
        derandomize=plan.is_repeated,
        phases=phases,
        report_multiple_bugs=False,
    )
    counts = StepCounts()
    with open_world() as world:
        machine: Any = type("RunningMachine", (MoneyMachine,), {"world": world, "counts": counts})
        run_state_machine_as_test(machine, settings=chosen)
    return counts


def test_our_books_equal_the_providers_after_any_sequence(plan: Plan) -> None:
    started = time.monotonic()
    counts = run(plan)
    print(f"\n{counts.sequences} sequences held in {time.monotonic() - started:.0f} s")
    for kind in sorted(counts.tried):
        print(f"{kind:<44}{counts.tried[kind]:>7} tried {counts.done[kind]:>7} done")
    assert counts.sequences >= plan.sequences
    if sum(counts.tried.values()) > 10_000:
        assert not counts.dead, f"These steps never did anything: {counts.dead}"


def accept_any_amount(*_args: Any) -> None:
    return


def cancel_without_asking(*, order_id: int, now: Any) -> Release:
    Payment.objects.filter(order=order_id).open().update(state="failed", ask_after=None)
    return Release.CANCELLED if cancel_order(order_id=order_id, now=now) else Release.NOT_PENDING


type Steps = Callable[[MoneyMachine], object]
GUARDS: dict[str, tuple[str, Callable[..., Any], Steps, str]] = {
    "amounts are compared": (
        "shop.provider_events.check_amount",
        accept_any_amount,
        lambda machine: machine.receive_events_of_others(which=0, kind="other amount"),
        "changed something here",
    ),
    "the provider is asked first": (
        "shop.release.release_order",
        cancel_without_asking,
        lambda machine: (machine.let_time_pass(span="a reservation"), machine.run_all_periodic_tasks()),
        "can still be paid",
    ),
}
"""Guards, what takes the place of each while it is off, steps that need it, and what the machine says without it."""


@pytest.mark.parametrize("guard", GUARDS)
def test_the_machine_fails_with_a_guard_off(guard: str) -> None:
    name, without, steps, complaint = GUARDS[guard]
    with open_world() as world:
        take_steps(world, steps)
        with mock.patch(name, without), pytest.raises(AssertionError, match=complaint):
            take_steps(world, steps)


def lose_a_dispute(machine: MoneyMachine) -> None:
    machine.pay(which=0, card=None)
    machine.deliver_events(copies=1, seed=0, share=100)
    machine.run_all_periodic_tasks()
    machine.open_a_dispute(which=0, percent=100, is_inquiry=False)
    machine.decide_a_dispute(which=0, is_won=False)


def use_a_key_after_it_is_forgotten(machine: MoneyMachine) -> None:
    machine.buy_at_once(who=0, what=0, quantity=1, clip=None)
    for _half in range(3):
        machine.let_time_pass(span="a return window")
    machine.run_all_periodic_tasks()
    machine.reuse_a_key(which=0, more=1)


def pay_with_kept_cards(machine: MoneyMachine) -> None:
    """Keep a card, pay with it in each way, and remove it while the provider does not answer."""
    machine.pay_and_keep_the_card(who=0, what=0, quantity=1, clip=None)
    machine.deliver_events(copies=2, seed=0, share=100)
    for outcome in ("", "generic_decline", "authenticate"):
        machine.buy_with_a_kept_card(which=0, what=0, quantity=1, clip=1, outcome=outcome)
    machine.answer_on_the_banks_page(which=0, is_confirmed=True)
    machine.buy_with_a_kept_card(which=0, what=0, quantity=1, clip=1, outcome="authenticate")
    machine.have_an_outage(kind="failing", times=3)
    machine.remove_a_card(which=0)


def sell_to_a_flatmate(machine: MoneyMachine) -> None:
    machine.buy_at_once(who=4, what=0, quantity=2, clip=0)
    machine.pay(which=1, card=None)
    machine.deliver_events(copies=1, seed=0, share=100)
    machine.decide_on_a_held_commission(which=0, is_released=True)


def pay_and_get_it_back(machine: MoneyMachine) -> None:
    """What the bank paid comes back. Two people mark it, and it is paid again."""
    machine.plan_a_batch(currency=True)
    machine.approve_a_batch(which=0)
    machine.send_a_batch(which=0)
    machine.give_the_bank_its_file(which=0, is_refused=False)
    machine.upload_the_banks_answers(which=0, form=0, is_double=False, is_mixed=False)
    machine.return_a_payout(which=0)
    machine.answer_a_proposal(which=0, is_approved=True)
    assert Payout.objects.filter(state="returned").count() == 1
    machine.plan_a_batch(currency=True)
    machine.approve_a_batch(which=0)
    machine.send_a_batch(which=0)


def lose_and_return_parcels(machine: MoneyMachine) -> None:
    """Refund a unit on its way, lose the parcel, send the others again, and return one that arrives."""
    machine.buy_with_a_discount_code(who=0, what=0, quantity=3, clip=0, code="THIRD")
    machine.pay(which=1, card=None)
    machine.deliver_events(copies=1, seed=0, share=100)
    machine.pack(which=0, quantity=3)
    machine.take_a_step_with_a_parcel(which=0, name="send")
    machine.refund_in_admin(which=0, quantity=1, percent=None, is_restocked=False)
    machine.take_a_step_with_a_parcel(which=0, name="lose")
    machine.take_a_step_with_a_parcel(which=0, name="resend")
    machine.deliver_an_order(which=0)
    machine.ask_to_return(which=0, quantity=1)
    machine.answer_in_the_list_of_refunds(which=0, action="await_goods")
    machine.receive_a_return(which=1, arrived=1, is_restocked=True)
    machine.cancel_items(which=0, quantity=1)


def pay_a_merchant(machine: MoneyMachine) -> None:
    """An order of two sellers is refunded in parts, before and after the merchant is paid, who is suspended meanwhile."""
    machine.buy_the_bag(who=0, items=[(0, 2), (1, 3)], surprise=False)
    machine.pay(which=1, card=None)
    machine.deliver_events(copies=1, seed=0, share=100)
    machine.refund_in_admin(which=0, quantity=1, percent=None, is_restocked=True)
    machine.refund_in_admin(which=0, quantity=1, percent=10, is_restocked=True)
    for _window in range(5):
        machine.let_time_pass(span="a return window")
    machine.run_all_periodic_tasks()
    assert set(Posting.objects.filter(merchant__isnull=False).values_list("kind", flat=True)) == {"sale", "refund"}
    machine.plan_a_batch(currency=True)
    machine.change_the_merchants_account(which=1)
    for _time in range(2):
        machine.suspend_or_restore_the_merchant()
    machine.refund_in_admin(which=0, quantity=1, percent=None, is_restocked=False)
    machine.run_all_periodic_tasks()
    machine.drop_or_replan(which=0, is_replanned=False)


SEQUENCES: tuple[Steps, ...] = (
    lose_and_return_parcels,
    lose_a_dispute,
    use_a_key_after_it_is_forgotten,
    pay_with_kept_cards,
    sell_to_a_flatmate,
    pay_and_get_it_back,
    pay_a_merchant,
)
"""Sequences that random ones seldom contain."""


@pytest.mark.parametrize("steps", SEQUENCES)
def test_our_books_equal_the_providers_after_a_rare_sequence(steps: Steps) -> None:
    with open_world() as world:
        counts = take_steps(world, steps)
    dead = {use_a_key_after_it_is_forgotten: ["reuse a key"], lose_and_return_parcels: ["cancel items"]}.get(steps, [])
    assert counts.dead == dead


def take_steps(world: World, steps: Steps) -> StepCounts:
    """Begin a sequence with one order that is not paid yet, take the steps, and end it."""
    counts = StepCounts()
    kind: Any = type("SmallMachine", (MoneyMachine,), {"world": world, "counts": counts})
    machine = kind()
    try:
        machine.open_shop(
            currency="USD",
            tax_bps=825,
            includes_tax=False,
            shipping=490,
            wait_days=0,
            bank="csv",
            zone="UTC",
            is_resent=True,
            approved_above=0,
            records_parcels=True,
            orders=[(0, 0, 2, 0, "not yet")],
        )
        steps(machine)
    finally:
        machine.teardown()
    return counts
