"""Periodic work on many rows, in which a row that cannot be dealt with keeps none of the others waiting."""

import logging
from collections.abc import Callable, Iterable
from contextlib import ExitStack

logger = logging.getLogger(__name__)


def do_each[Row](rows: Iterable[Row], act: Callable[[Row], int | None]) -> int:
    """Call `act` with each row, in order, and return the sum of what it returns.

    A call that raises keeps none of the others from being made. It is logged with its exception, and the last exception
    is raised in the end.
    """
    total = 0

    def call(row: Row) -> None:
        nonlocal total
        is_done = False
        try:
            total += act(row) or 0
            is_done = True
        finally:
            if not is_done:
                logger.error(
                    "A row could not be dealt with.", exc_info=True, extra={"row": str(getattr(row, "pk", row))}
                )

    with ExitStack() as calls:
        for row in reversed(list(rows)):
            calls.callback(call, row)  # the last that was added is called first
    return total
