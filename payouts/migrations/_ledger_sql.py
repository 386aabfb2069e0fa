"""SQL that the ORM cannot express: triggers for balanced, append-only postings, and the view of statement lines."""

GUARD_SQL = """
CREATE FUNCTION payouts_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'The ledger is append-only: % on % is refused.', TG_OP, TG_TABLE_NAME USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER payouts_posting_append_only BEFORE UPDATE OR DELETE ON payouts_posting
    FOR EACH STATEMENT EXECUTE FUNCTION payouts_refuse_change();
CREATE TRIGGER payouts_entry_append_only BEFORE UPDATE OR DELETE ON payouts_entry
    FOR EACH STATEMENT EXECUTE FUNCTION payouts_refuse_change();

CREATE FUNCTION payouts_check_balance() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    total bigint;
BEGIN
    SELECT sum(amount_minor) INTO total FROM payouts_entry WHERE posting_id = NEW.posting_id;
    IF total <> 0 THEN
        RAISE EXCEPTION 'Posting % does not balance: its entries sum to %.', NEW.posting_id, total
            USING ERRCODE = 'check_violation', CONSTRAINT = 'payouts_posting_balances';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER payouts_posting_balances AFTER INSERT ON payouts_entry
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION payouts_check_balance();
"""

UNGUARD_SQL = """
DROP TRIGGER payouts_posting_balances ON payouts_entry;
DROP TRIGGER payouts_entry_append_only ON payouts_entry;
DROP TRIGGER payouts_posting_append_only ON payouts_posting;
DROP FUNCTION payouts_check_balance;
DROP FUNCTION payouts_refuse_change;
"""

VIEW_SQL = """
CREATE VIEW payouts_statement_line AS
SELECT 'posting-' || posting.id AS id, posting.creator_id, posting.kind, posting.occurred_at,
    coalesce(slot.clip_code, clip.code, '') AS clip_code, posting.currency, posting.gross_minor, posting.agency_minor,
    posting.gross_minor - posting.agency_minor AS net_minor, '' AS reason, posting.id AS posting_id, posting.slot_id,
    posting.order_line_id, posting.refund_line_id, posting.payout_id
FROM payouts_posting posting
LEFT JOIN creators_slot slot ON slot.id = posting.slot_id
LEFT JOIN shop_orderline line ON line.id = posting.order_line_id
LEFT JOIN videos_clip clip ON clip.id = line.clip_id
WHERE posting.creator_id IS NOT NULL
UNION ALL
SELECT 'slot-' || slot.id, enrolment.creator_id, 'released', slot.settled_at, slot.clip_code, slot.currency, 0, 0, 0,
    slot.reason, NULL, slot.id, NULL, NULL, NULL
FROM creators_slot slot JOIN creators_enrolment enrolment ON enrolment.id = slot.enrolment_id
WHERE slot.state = 'released'
UNION ALL
SELECT 'line-' || line.id, line.creator_id, 'unpaid', placed.paid_at, clip.code, placed.currency, 0, 0, 0,
    coalesce(nullif(line.unpaid_reason, ''), 'under_a_cent'), NULL, NULL, line.id, NULL, NULL
FROM shop_orderline line
JOIN shop_order placed ON placed.id = line.order_id
JOIN videos_clip clip ON clip.id = line.clip_id
WHERE line.commission_minor = 0 AND placed.paid_at IS NOT NULL
"""
