# ruff: noqa: S608  # The statements are made of constants of these files.
"""Orders, the ledger and payouts of the large shop of benchmarks.admin_shop."""

from django.db import connection

from benchmarks.admin_shop import PAST, ShopRows, insert_rows

LINES_EACH = 3
PAYOUTS_EACH = 12
SHOPPER = "600 + n % ({users} - 600)"


def fill_money(rows: ShopRows) -> None:
    _fill_orders(rows)
    _fill_refunds(rows)
    _fill_payouts(rows)
    _fill_ledger(rows)
    _fill_proposals(rows)


def _fill_orders(rows: ShopRows) -> None:
    shopper = SHOPPER.format(users=rows.users)
    insert_rows(
        "shop_click",
        LINES_EACH * rows.orders,
        {"clip_id": f"1 + n % {rows.clips}", "revision_id": f"1 + n % {rows.clips}", "user_id": shopper}
        | {"product_id": f"1 + n % {rows.products}", "visitor": "md5(n::text)", "clicked_at": PAST.format(200)},
    )
    address = {"name": "'Sam Jones'", "street": "n || ' Main Street'", "city": "'Springfield'", "region": "'IL'"}
    address |= {"postal_code": "'62701'", "country_code": "'US'"}
    insert_rows("shop_address", rows.users // 2, address | {"user_id": "n"})
    insert_rows(
        "shop_order",
        rows.orders,
        address
        | {"code": "'o' || lpad(n::text, 11, '0')", "user_id": f"CASE WHEN n % 4 > 0 THEN {shopper} END"}
        | {"email": "'sam' || n || '@example.com'", "visitor": "md5(n::text)", "language": "'en'", "currency": "'USD'"}
        | {"state": "CASE WHEN n % 40 = 0 THEN 'cancelled' WHEN n % 12 = 0 THEN 'partly_refunded' ELSE 'paid' END"}
        | {"goods_minor": "6000", "total_minor": "6000", "refunded_minor": "CASE WHEN n % 12 = 0 THEN 2000 ELSE 0 END"}
        | {"placed_at": PAST.format(600), "paid_at": "CASE WHEN n % 40 > 0 THEN now() END", "mailed_at": "now()"},
    )
    insert_rows(
        "shop_orderline",
        LINES_EACH * rows.orders,
        # Two lines in three were bought through a clip.
        {"order_id": f"(n + {LINES_EACH - 1}) / {LINES_EACH}", "product_id": f"1 + n % {rows.products}"}
        | {"product_name": "'Blue kettle no. ' || n", "quantity": "1", "unit_price_minor": "2000"}
        | {"amount_minor": "2000", "clip_id": f"CASE WHEN n % 3 > 0 THEN 1 + n % {rows.clips} END"}
        | {"click_id": "CASE WHEN n % 3 > 0 THEN n END"}
        | {"creator_id": f"CASE WHEN n % 3 > 0 THEN 1 + (1 + n % {rows.clips}) % {rows.creators} END"}
        | {"commission_minor": "CASE WHEN n % 3 > 0 THEN 90 ELSE 0 END", "commission_rate_bps": "450"}
        | {"payable_at": PAST.format(200)},
    )
    insert_rows(
        "shop_payment",
        rows.orders,
        {"order_id": "n", "provider": "'stripe'", "reference": "'pi_' || n", "amount_minor": "6000"}
        | {"currency": "'USD'", "state": "CASE WHEN n % 40 = 0 THEN 'failed' ELSE 'succeeded' END"}
        | {"started_at": PAST.format(600), "settled_at": "now()"},
    )


def _fill_refunds(rows: ShopRows) -> None:
    insert_rows(
        "shop_refund",
        rows.orders // 12,
        {"order_id": "n * 12", "amount_minor": "2000", "goods_minor": "2000", "currency": "'USD'", "attempt": "1"}
        | {"reason": "'It arrived broken.'", "created_by_id": "1 + n % 20", "created_at": PAST.format(7000)}
        | {"state": "(ARRAY['done', 'done', 'done', 'done', 'requested', 'failed'])[1 + n % 6]"},
    )
    insert_rows(
        "shop_refundline",
        rows.orders // 12,
        {"refund_id": "n", "order_line_id": f"n * 12 * {LINES_EACH}", "quantity": "1", "amount_minor": "2000"},
    )


def _fill_payouts(rows: ShopRows) -> None:
    bank = {"holder_name": "'Maya number ' || n", "number": "'DE89370400440532' || lpad(n::text, 6, '0')"}
    insert_rows(
        "payouts_payoutaccount", rows.creators, bank | {"creator_id": "n", "owner_email": "'m' || n || '@example.com'"}
    )
    insert_rows(
        "payouts_batch",
        PAYOUTS_EACH * 10,
        {
            "currency": "'USD'",
            "provider": "'file'",
            "created_by_id": "2",
            "created_at": "now() - (200 - n) * interval '1 day'",
        },
    )
    insert_rows(
        "payouts_payout",
        PAYOUTS_EACH * rows.creators,
        # The last batch, which is opened first, pays every creator, and the others a tenth of that.
        bank
        | {
            "batch_id": f"CASE WHEN n <= {rows.creators} THEN {PAYOUTS_EACH * 10} ELSE 1 + n % {PAYOUTS_EACH * 10 - 1} END"
        }
        | {"creator_id": f"1 + n % {rows.creators}", "amount_minor": "25000", "currency": "'USD'"}
        | {"state": f"CASE WHEN n <= {rows.creators} THEN 'planned' ELSE 'paid' END", "settled_at": "now()"}
        | {"covers_until": f"CASE WHEN n <= {rows.creators} THEN 100000000 ELSE 0 END"},
    )
    insert_rows(
        "payouts_hold",
        rows.records,
        {"creator_id": f"1 + n % {rows.creators}", "kind": "'click_pattern'", "subject": "'clicks-' || n"}
        | {"evidence": """'{"count": 90, "visitor": "a1"}'""", "placed_at": PAST.format(4000)}
        | {"released_at": "CASE WHEN n % 4 > 0 THEN now() END", "released_by_id": "CASE WHEN n % 4 > 0 THEN 2 END"},
    )
    insert_rows("payouts_ledgercheck", 1000, {"started_at": PAST.format(86400), "finished_at": PAST.format(86300)})


def _fill_ledger(rows: ShopRows) -> None:
    """Book a fee for each earned slot, a commission for each line of a creator, and each payout."""
    posting = """INSERT INTO payouts_posting (key, kind, creator_id, occurred_at, booked_at, currency, gross_minor,
        agency_minor, reason, slot_id, order_line_id, payout_id)"""
    statements = (
        "INSERT INTO payouts_account (kind, currency) VALUES ('fees', 'USD'), ('commissions', 'USD'), ('bank', 'USD')",
        "INSERT INTO payouts_account (kind, currency, creator_id) SELECT 'creator', 'USD', id FROM creators_creator",
        f"""{posting} SELECT 'fee-' || slot.id, 'fee', enrolment.creator_id, slot.held_at, now(), 'USD', 2500, 0, '', slot.id,
            NULL, NULL FROM creators_slot slot JOIN creators_enrolment enrolment ON enrolment.id = slot.enrolment_id
            WHERE slot.state = 'earned' ORDER BY slot.held_at""",
        f"""{posting} SELECT 'sale-' || id, 'commission', creator_id, payable_at, now(), 'USD', commission_minor, 0, '', NULL,
            id, NULL FROM shop_orderline WHERE commission_minor > 0 ORDER BY id DESC""",
        "UPDATE shop_orderline SET commission_booked_at = payable_at WHERE commission_minor > 0",
        f"""{posting} SELECT 'payout-' || id, 'payout', creator_id, settled_at, now(), 'USD', amount_minor, 0, '', NULL, NULL,
            id FROM payouts_payout WHERE state = 'paid'""",
        """INSERT INTO payouts_entry (posting_id, account_id, amount_minor)
            SELECT posting.id, account.id, CASE WHEN (posting.kind = 'payout') = (account.creator_id IS NULL)
                THEN gross_minor ELSE -gross_minor END
            FROM payouts_posting posting JOIN payouts_account account ON account.creator_id = posting.creator_id
                OR account.kind = CASE posting.kind WHEN 'fee' THEN 'fees' WHEN 'commission' THEN 'commissions' ELSE 'bank' END""",
    )
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def _fill_proposals(rows: ShopRows) -> None:
    decided = {"reason": "'As they asked.'", "state": "'approved'", "proposed_by_id": "2", "decided_by_id": "3"}
    decided |= {"proposed_at": PAST.format(9000), "decided_at": PAST.format(8000)}
    account = """jsonb_build_object('creator', 1 + n % 300, 'agency', NULL, 'holder_name', 'Maya', 'number', '•••• 1234',
        'tax_id', '', 'fingerprint_before', '', 'masked_before', '')"""
    refund = """jsonb_build_object('order_id', n, 'reason', '', 'quantities', NULL, 'amount_minor', 500, 'is_restocked', true,
        'return_id', NULL, 'planned_minor', 500)"""
    kinds = {
        "payout_account": ("'@maya_' || n", account),
        "refund": ("'o' || n", refund),
        "reversal": ("'fee-' || n", "jsonb_build_object('posting', n, 'reason', 'Paid twice.')"),
    }
    for kind, (subject, changes) in kinds.items():
        columns = decided | {"kind": f"'{kind}'", "subject": subject, "changes": changes}
        insert_rows("accounts_proposal", rows.records // 10, columns)
        waiting = {"state": "'proposed'", "decided_by_id": "NULL", "decided_at": "NULL"}
        insert_rows("accounts_proposal", 20, columns | waiting)
