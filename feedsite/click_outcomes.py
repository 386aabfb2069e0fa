"""What the shop knows of a shopper, told to the feed: products that were put into a bag and bought after a click.

Orders that followed the open of a share link are counted for whoever shared it.
"""

import uuid
from datetime import datetime

from django.db import transaction

from feed.events.recording import ServerAction, record_actions
from feed.models import EventKind
from shop.models import ClickOutcome, OutcomeKind
from social.sharing.links import count_orders

KINDS = {OutcomeKind.BAGGED: EventKind.ADD_TO_BAG, OutcomeKind.BOUGHT: EventKind.PURCHASE}


def count_outcomes(*, now: datetime, at_most: int = 1000) -> int:
    """Store outcomes that are ready as events of their viewers, and return how many events are new.

    Outcomes that no longer hold are dropped, and so are those of viewers about whom nothing may be stored.
    """
    with transaction.atomic():
        rows = ClickOutcome.objects.ready_at(now).select_for_update(skip_locked=True, of=("self",))
        outcomes = list(rows.select_related("click", "order_line__order")[:at_most])
        counted = record_actions([action for action in map(_read_action, outcomes) if action is not None], now=now)
        count_orders([order for order in map(_read_order, outcomes) if order is not None], now=now)
        ClickOutcome.objects.filter(pk__in=[outcome.pk for outcome in outcomes]).delete()
    return counted


def _read_action(outcome: ClickOutcome) -> ServerAction | None:
    click = outcome.click
    if click.viewer is None or not outcome.is_genuine:
        return None
    served_at = click.served_at or click.clicked_at
    return ServerAction(click.viewer, click.clip_id, KINDS[OutcomeKind(outcome.kind)], click.product_id, served_at)


def _read_order(outcome: ClickOutcome) -> tuple[int, int, uuid.UUID] | None:
    click, line = outcome.click, outcome.order_line
    if line is None or click.viewer is None or not outcome.is_genuine:
        return None
    return line.order_id, click.clip_id, click.viewer
