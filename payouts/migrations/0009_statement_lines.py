"""Add pending and held commissions to the statement, and say why a share is 0."""

from django.db import migrations

from payouts.migrations._ledger_sql import VIEW_SQL as FIRST_VIEW_SQL

_SALE = """SELECT '{kind}-' || line.id, line.creator_id, '{kind}', placed.paid_at, clip.code, placed.currency, 0, 0, 0, '',
    NULL, NULL, line.id, NULL, NULL, line.commission_minor - line.agency_minor - coalesce((
        SELECT sum(part.commission_minor - part.agency_minor)
        FROM shop_refundline part JOIN shop_refund refund ON refund.id = part.refund_id
        WHERE part.order_line_id = line.id AND refund.state NOT IN ('requested', 'refused')
    ), 0)::bigint
FROM shop_orderline line
JOIN shop_order placed ON placed.id = line.order_id
JOIN videos_clip clip ON clip.id = line.clip_id"""
_UNBOOKED = """line.commission_minor > 0 AND placed.paid_at IS NOT NULL
    AND NOT EXISTS (
        SELECT FROM payouts_posting booked WHERE booked.order_line_id = line.id AND booked.kind = 'commission'
    )
    AND NOT EXISTS (SELECT FROM shop_commissionhold hold WHERE hold.line_id = line.id AND hold.state = 'held')"""
# The tally runs every few minutes, so two days hold whatever is not booked yet. A disputed order is not booked.
_VIEW = """
DROP VIEW payouts_statement_line;
CREATE VIEW payouts_statement_line AS
SELECT 'posting-' || posting.id AS id, posting.creator_id, posting.kind, posting.occurred_at,
    coalesce(slot.clip_code, clip.code, '') AS clip_code, posting.currency, posting.gross_minor, posting.agency_minor,
    posting.gross_minor - posting.agency_minor AS net_minor, '' AS reason, posting.id AS posting_id, posting.slot_id,
    posting.order_line_id, posting.refund_line_id, posting.payout_id, 0::bigint AS pending_minor
FROM payouts_posting posting
LEFT JOIN creators_slot slot ON slot.id = posting.slot_id
LEFT JOIN shop_orderline line ON line.id = posting.order_line_id
LEFT JOIN videos_clip clip ON clip.id = line.clip_id
WHERE posting.creator_id IS NOT NULL
UNION ALL
SELECT 'slot-' || slot.id, enrolment.creator_id,
    CASE slot.state WHEN 'released' THEN 'released' ELSE 'unpaid' END,
    slot.settled_at, slot.clip_code, slot.currency, 0, 0, 0, slot.reason, NULL, slot.id, NULL, NULL, NULL, 0
FROM creators_slot slot JOIN creators_enrolment enrolment ON enrolment.id = slot.enrolment_id
WHERE slot.state = 'released' OR slot.state = 'earned' AND slot.fee_minor = 0
UNION ALL
SELECT 'line-' || line.id, line.creator_id, 'unpaid', placed.paid_at, clip.code, placed.currency, 0, 0, 0,
    CASE WHEN line.unpaid_reason <> '' THEN line.unpaid_reason WHEN line.amount_minor = 0 THEN 'free'
        WHEN line.commission_rate_bps = 0 THEN 'no_commission' ELSE 'under_a_cent' END,
    NULL, NULL, line.id, NULL, NULL, 0
FROM shop_orderline line
JOIN shop_order placed ON placed.id = line.order_id
JOIN videos_clip clip ON clip.id = line.clip_id
WHERE line.commission_minor = 0 AND placed.paid_at IS NOT NULL
UNION ALL
{pending} WHERE {unbooked}
    AND line.payable_at > now() - interval '2 days'
UNION ALL
{pending} WHERE {unbooked}
    AND line.payable_at <= now() - interval '2 days'
    AND placed.state = 'disputed' AND line.order_id IN (SELECT order_id FROM shop_dispute)
UNION ALL
{held} JOIN shop_commissionhold hold ON hold.line_id = line.id
WHERE hold.state = 'held' AND placed.paid_at IS NOT NULL
"""
VIEW_SQL = _VIEW.format(pending=_SALE.format(kind="pending"), held=_SALE.format(kind="held"), unbooked=_UNBOOKED)

OLD_VIEW_SQL = f"DROP VIEW payouts_statement_line;\n{FIRST_VIEW_SQL}"


class Migration(migrations.Migration):
    dependencies = [
        ("payouts", "0008_encrypt_bank_details"),
        ("creators", "0001_initial"),
        ("shop", "0014_commission_holds"),
        ("videos", "0001_initial"),
    ]

    operations = [migrations.RunSQL(VIEW_SQL, OLD_VIEW_SQL)]
