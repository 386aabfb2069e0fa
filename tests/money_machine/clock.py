"""Time, which passes; workers, which run what is due or are down; and a mail server that has good and bad days."""

from datetime import timedelta
from typing import Any

from hypothesis import strategies as st

from accounts.tasks import clear_expired, send_outgoing_emails
from feedsite.celery import app
from payouts import tasks as payout_tasks
from shop import tasks as shop_tasks
from tests.money_machine.base import Sequenced, step

SPANS = {
    "a minute": timedelta(minutes=1),
    "a reservation": timedelta(minutes=16),
    "two hours": timedelta(hours=2),
    "a day": timedelta(days=1),
    "four days": timedelta(days=4),
    "a return window": timedelta(days=15),
}
"""The end of October passes on the way, in every time zone at another moment."""
TASKS: tuple[Any, ...] = (
    shop_tasks.expire_unpaid_orders,
    shop_tasks.reconcile_payments,
    shop_tasks.send_waiting_refunds,
    shop_tasks.mail_waiting_orders,
    send_outgoing_emails,
    payout_tasks.place_holds,
    payout_tasks.tally,
    payout_tasks.reconcile_payouts,
    payout_tasks.forget_paid_accounts,
    clear_expired,
)
"""What beat enqueues of it."""


class Passing(Sequenced):
    @step(span=st.sampled_from(tuple(SPANS)))
    def let_time_pass(self, span: str) -> bool:
        self.world.clock.move(SPANS[span])
        return True

    @step(task=st.sampled_from(TASKS))
    def run_a_periodic_task(self, task: Any) -> bool:
        task()
        return True

    @step()
    def run_all_periodic_tasks(self) -> bool:
        self.beat()
        return True

    @step(is_up=st.booleans())
    def stop_or_start_the_workers(self, is_up: bool) -> bool:
        """Tasks that are enqueued while no worker runs are lost; the periodic ones have to find the work."""
        app.conf.task_always_eager = is_up
        return True

    @step(reply=st.sampled_from(("250 OK", "250 OK", "451 Try again later", "421 Closing")))
    def change_the_mail_server(self, reply: str) -> bool:
        self.world.mail.sender_reply = reply
        return True

    def beat(self) -> None:
        for task in TASKS:
            task()
