"""The rows that the money benchmark works on, and how it runs SQL and takes time."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import connection

from accounts.models import User
from creators.models import Creator, Enrolment
from shop.models import Address
from tests.factories import NOW, make_campaign, make_product
from tests.shop.conftest import ADDRESS
from videos.models import Clip

CLIPS_EACH = 500
BUSY_CREATOR_LINES = 20_000
LINES_PER_ORDER = 10


@dataclass(frozen=True)
class Size:
    """The number of creators with 500 earned slots each, of paid order lines, and of entries in the ledger afterwards."""

    creators: int
    lines: int
    entries: int

    @property
    def slots(self) -> int:
        return self.creators * CLIPS_EACH


FULL = Size(creators=70, lines=200_000, entries=1_000_000)
A_FIFTH = Size(creators=14, lines=40_000, entries=200_000)

_SLOTS = """
INSERT INTO creators_slot (enrolment_id, terms_id, clip_code, fee_minor, currency, agency_share_bps, agency_minor,
    state, reason, held_at, settled_at)
SELECT enrolment.id, enrolment.terms_id, 'c' || enrolment.id || '-' || n, 2500, 'USD', 0, 0, 'earned', '', now(),
    now() - n * interval '1 minute' - interval '1 hour'
FROM creators_enrolment enrolment CROSS JOIN generate_series(1, %(clips)s) n
"""

_CLICKS = """
INSERT INTO shop_click (clip_id, product_id, visitor, clicked_at)
SELECT clip.id, %(product)s, 'visitor', now() FROM videos_clip clip
"""

_ORDERS = """
INSERT INTO shop_order (code, visitor, email, language, state, currency, goods_minor, shipping_minor, tax_minor, total_minor,
    shipping_tax_minor, taxes, prices_include_tax, is_reverse_charged, vat_number, refunded_minor, placed_at, reserved_until, paid_at, name, street, extra, city, region, postal_code, country_code)
SELECT 'o' || n, 'visitor', 'a@example.com', 'en', 'paid', 'USD', 20000, 0, 0, 20000, 0, '[]', false, false, '', 0, now(), now(), now(), 'Sam',
    '1 Main Street', '', 'Springfield', 'IL', '62701', 'US'
FROM generate_series(1, %(orders)s) n
"""

_LINES = """
INSERT INTO shop_orderline (order_id, product_id, product_name, quantity, unit_price_minor, amount_minor,
    tax_minor, refunded_quantity, clip_id, click_id, creator_id, commission_rate_bps, commission_minor, agency_share_bps,
    agency_minor, unpaid_reason, payable_at)
SELECT placed.id, %(product)s, 'Mug', 1, 2000, 2000, 0, 0, click.clip_id, click.id, clip.creator_id, 450, 90, 0, 0, '',
    now() - (placed.n * %(per_order)s + piece.number) %% 30000 * interval '1 minute'
FROM (SELECT id, row_number() OVER (ORDER BY id) - 1 AS n FROM shop_order) placed
CROSS JOIN generate_series(1, %(per_order)s) piece (number)
JOIN (
    SELECT click.*, row_number() OVER (ORDER BY clip.creator_id, clip.id) - 1 AS place
    FROM shop_click click JOIN videos_clip clip ON clip.id = click.clip_id
) click ON click.place = CASE
    WHEN placed.n * %(per_order)s + piece.number <= %(busy)s THEN (placed.n * %(per_order)s + piece.number) %% %(clips)s
    ELSE %(clips)s + (placed.n * %(per_order)s + piece.number) %% %(others)s END
JOIN videos_clip clip ON clip.id = click.clip_id
"""


def execute(sql: str, **values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values or None)


def seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def fill_shop(size: Size) -> None:
    """Write the rows in bulk; the benchmark measures booking and reading them."""
    campaign = make_campaign(clips_cap=size.slots)
    product = make_product("mug", price_minor=2000)
    handles = ["busy", *(f"creator-{n}".replace("-", "_") for n in range(1, size.creators))]
    users = User.objects.bulk_create(User(email=f"{handle}@example.com") for handle in handles)
    creators = Creator.objects.bulk_create(
        Creator(user=user, handle=handle, display_name=handle) for user, handle in zip(users, handles, strict=True)
    )
    Enrolment.objects.bulk_create(
        Enrolment(
            creator=creator,
            campaign=campaign,
            terms=campaign.terms,
            accepted_at=NOW,
            clips_cap=CLIPS_EACH,
            earned_count=CLIPS_EACH,
        )
        for creator in creators
    )
    campaign.taken_count = size.slots
    campaign.save(update_fields=["taken_count"])
    clips = {creator.pk: CLIPS_EACH if creator.handle == "busy" else 10 for creator in creators}
    Clip.objects.bulk_create(
        Clip(creator_id=creator_id, caption="A clip") for creator_id, count in clips.items() for _n in range(count)
    )
    Address.objects.create(user=users[0], **(ADDRESS | {"street": "2 Side Street"}))  # in the street of no order
    values = {
        "clips": CLIPS_EACH,
        "product": product.pk,
        "orders": size.lines // LINES_PER_ORDER,
        "per_order": LINES_PER_ORDER,
        "busy": BUSY_CREATOR_LINES,
        "others": (size.creators - 1) * 10,
    }
    with connection.cursor() as cursor:
        for sql in (_SLOTS, _CLICKS, _ORDERS, _LINES):
            cursor.execute(sql, values)
        cursor.execute("ANALYZE")
