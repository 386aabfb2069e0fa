"""Measurements of the money benchmark that count queries, or compare one way of doing a thing at two sizes.

They say the same on a busy machine as on an idle one: work for ten times as many rows may take ten times as long, with
a margin, but no more queries.
"""

import statistics
import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings
from django.utils import timezone

from accounts.models import User
from benchmarks.figures import Figure, at_most
from benchmarks.money_rows import execute, seconds
from creators.models import Creator
from payouts.batches import plan_batch
from payouts.csv_export import iterate_csv_rows
from payouts.models import Batch, PayoutAccount, StatementLine
from payouts.statements import stream_lines
from payouts.yearly_totals import iterate_yearly_csv
from tests.factories import make_product, make_user
from tests.shop.conftest import ADDRESS
from tests.shop.stripe import post_event

FEW, MANY = 200, 2000
EVENTS = 150
ROW_BYTES = 2000
"""What a row of an export may add to the memory while it is written, in bytes."""

_FUND = """
WITH account AS (
    INSERT INTO payouts_account (kind, creator_id, currency)
    SELECT 'creator', id, 'USD' FROM creators_creator WHERE handle LIKE 'payee%%' AND id >= %(first)s RETURNING id, creator_id
), counter AS (
    INSERT INTO payouts_account (kind, currency) VALUES ('fees', 'USD')
    ON CONFLICT DO NOTHING RETURNING id
), posting AS (
    INSERT INTO payouts_posting (key, kind, creator_id, occurred_at, booked_at, currency, gross_minor, agency_minor, reason)
    SELECT 'bench-' || creator_id, 'fee', creator_id, now(), now(), 'USD', 5000, 0, '' FROM account RETURNING id, creator_id
)
INSERT INTO payouts_entry (posting_id, account_id, amount_minor)
SELECT posting.id, account.id, 5000 FROM posting JOIN account USING (creator_id)
UNION ALL
SELECT posting.id, fees.id, -5000 FROM posting
CROSS JOIN LATERAL (
    SELECT id FROM counter UNION ALL SELECT id FROM payouts_account WHERE kind = 'fees' AND currency = 'USD' LIMIT 1
) fees
"""


@dataclass(frozen=True)
class Cost:
    """What one piece of work took."""

    seconds: float
    queries: int
    peak_bytes: int


def measure_cost(work: Callable[[], object]) -> Cost:
    """Run the work twice: once for its time and queries, and once for its memory, whose tracing takes time."""
    with CaptureQueriesContext(connection) as captured:
        took = seconds(work)
    tracemalloc.start()
    work()
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return Cost(took, len(captured), peak)


def measure_confirming() -> list[Figure]:
    """Confirm an order of one product, and one of ten."""
    client = Client()
    client.force_login(make_user("bench@example.com"))
    products = [make_product(f"bench-{number}", stock=100, price_minor=1000 + number) for number in range(10)]
    counts = {}
    for number, size in enumerate((1, 1, 10)):  # the first one fills the caches
        lines = [{"product": product.slug, "quantity": 1} for product in products[:size]]
        body = {"lines": lines, "address": ADDRESS}
        total = client.post("/api/v1/quote/", body, content_type="application/json").json()["total"]
        body |= {"expected_total_minor": total["amount_minor"], "expected_currency": total["currency"]}
        headers = {"Idempotency-Key": f"bench-{number:04}"}
        with CaptureQueriesContext(connection) as captured:
            response = client.post("/api/v1/checkout/", body, content_type="application/json", headers=headers)
        assert response.status_code == 201, response.content
        counts[size] = len(captured)
    return [
        at_most("queries of a confirmed order", counts[1], 65, unit="queries"),
        at_most("queries of each further product", (counts[10] - counts[1]) / 9, 4, unit="queries"),
    ]


def measure_planning() -> list[Figure]:
    """Plan a batch for some payees, and one for ten times as many; then the yearly totals of both."""
    plans, years = {}, {}
    for size in (FEW, MANY):
        _add_payees(size)
        plans[size] = measure_cost(_plan_and_undo)
        years[size] = measure_cost(lambda: "".join(iterate_yearly_csv(timezone.localtime().year)))
        print(f"{size} payees: planned in {plans[size].seconds:.1f} s, yearly totals in {years[size].seconds:.1f} s")
    return [*_compare("planning", plans, FEW, MANY), *_compare("yearly totals", years, FEW, MANY)]


def _compare(name: str, costs: dict[int, Cost], few: int, many: int) -> list[Figure]:
    """Return whether the cost of a row is the same at both sizes, and the queries do not depend on the size."""
    per_row = (costs[many].seconds / many) / (costs[few].seconds / few)
    grown = (costs[many].peak_bytes - costs[few].peak_bytes) / (many - few)
    return [
        at_most(f"{name}: time of a row, {many:,} ÷ {few:,}", per_row, 2),
        at_most(
            f"{name}: queries for 100 more",
            (costs[many].queries - costs[few].queries) * 100 / (many - few),
            1,
            unit="queries",
        ),
        at_most(f"{name}: memory of a further row", grown, ROW_BYTES * 5, unit="bytes"),
    ]


def _plan_and_undo() -> None:
    batch = plan_batch(created_by=None, currency="USD", now=timezone.now())
    batch.payouts.all().delete()
    Batch.objects.filter(pk=batch.pk).delete()


def _add_payees(size: int) -> None:
    """Add creators with an account and a balance until there are `size` of them."""
    before = Creator.objects.filter(handle__startswith="payee").count()
    names = [f"payee{number}" for number in range(before, size)]
    users = User.objects.bulk_create(User(email=f"{name}@example.com") for name in names)
    creators = Creator.objects.bulk_create(
        Creator(user=user, handle=name, display_name=name) for user, name in zip(users, names, strict=True)
    )
    PayoutAccount.objects.bulk_create(
        PayoutAccount(creator=creator, holder_name=creator.handle, number=f"NUMBER{creator.pk}") for creator in creators
    )
    execute(_FUND, first=creators[0].pk)
    execute("ANALYZE")


def measure_exports() -> list[Figure]:
    """Write a creator's statement as CSV: a tenth of the lines, and all 20,000 of them."""
    creator = Creator.objects.get(handle="busy")
    lines = StatementLine.objects.of(creator).newest_first()
    total = lines.count()
    costs = {size: measure_cost(partial(_write_rows, size)) for size in (total // 10, total)}
    print(f"statement of {total:,} lines as CSV: {costs[total].seconds:.1f} s")
    few, many = costs
    grown = (costs[many].peak_bytes - costs[few].peak_bytes) / (many - few)
    per_row = (costs[many].seconds / many) / (costs[few].seconds / few)
    return [
        at_most("CSV: time of a line, all ÷ a tenth", per_row, 2),
        at_most("CSV: further queries for all lines", costs[many].queries - costs[few].queries, 0, unit="queries"),
        at_most("CSV: memory of a further line", grown, ROW_BYTES, unit="bytes"),
    ]


def _write_rows(size: int) -> int:
    lines = StatementLine.objects.of(Creator.objects.get(handle="busy")).newest_first()
    return sum(len(row) for row in iterate_csv_rows(stream_lines(lines[:size])))


def measure_webhooks() -> list[Figure]:
    """Receive new events and repeated ones, alternating with a request that only reads and a bare committed INSERT."""
    client = Client()
    took: dict[str, list[float]] = {"new": [], "repeated": [], "page": [], "insert": []}
    names = ("STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRET")
    with override_settings(**dict(zip(names, ("sk_test", "whsec_test"), strict=True))):
        for number in range(EVENTS):
            event = _make_event(number)
            for kind in ("new", "repeated"):
                took[kind].append(seconds(partial(post_event, client, event)))
            took["page"].append(seconds(partial(client.get, "/api/v1/orders/")))
            took["insert"].append(seconds(partial(execute, _BARE_EVENT, event=f"bare_{number}")))
        with CaptureQueriesContext(connection) as captured:
            post_event(client, _make_event(0))
        with CaptureQueriesContext(connection) as fresh:
            post_event(client, _make_event(EVENTS))
    new, repeated, page, insert = (statistics.median(took[kind]) * 1000 for kind in took)
    print(
        f"webhooks: new {new:.1f} ms, repeated {repeated:.1f} ms; a list of orders {page:.1f} ms, an INSERT {insert:.1f} ms"
    )
    return [
        at_most("new event ÷ an empty list of orders and a bare INSERT", new / (page + insert), 4),
        at_most("repeated event ÷ an empty list of orders", repeated / page, 2),
        at_most("queries of a new event", len(fresh), 14, unit="queries"),
        at_most("queries of a repeated event", len(captured), 4, unit="queries"),
    ]


_BARE_EVENT = """INSERT INTO shop_providerevent (provider, event_id, kind, received_at, state, reason, reference, payment_reference)
VALUES ('bare', %(event)s, 'bare', now(), 'handled', '', '', '')"""


def _make_event(number: int) -> dict[str, object]:
    """Return an event about another shop's payment, which has to be matched and is then set aside."""
    intent = {"id": f"pi_{number}", "object": "payment_intent", "amount": 50, "amount_received": 50, "currency": "usd"}
    content = {"object": intent | {"metadata": {"key": f"payment-{number}"}}}
    return {"id": f"evt_bench{number}", "object": "event", "type": "payment_intent.succeeded", "data": content}
