"""Triggers that note what changed for webhooks, in the transaction of the change.

They compare inside the function and not in a WHEN, so that later migrations may change the type of these columns.
While no endpoint is on, nothing is written.
"""

WATCHED = (
    ("shop_order", "order", "state"),
    ("shop_parcel", "parcel", "state"),
    ("shop_refund", "refund", "state"),
    ("catalog_product", "product", "is_active"),
    ("catalog_product", "product", "price_minor"),
    ("catalog_product", "product", "stock"),
    ("videos_clip", "clip", "state"),
    ("videos_decision", "decision", "action"),
    ("videos_decision", "decision", "undone_at"),
    ("creators_campaign", "campaign", "is_published"),
    ("payouts_payout", "payout", "state"),
)
"""Table, subject and column whose changes are events."""
UPDATED_ONLY = ("price_minor", "stock")
"""Columns whose first value is no event."""

CREATE_FUNCTION = """
CREATE FUNCTION programme_note_event() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    before text := '';
    after text;
BEGIN
    IF NOT EXISTS (SELECT FROM programme_webhookendpoint WHERE state <> 'off') THEN
        RETURN NULL;
    END IF;
    after := to_jsonb(NEW) ->> TG_ARGV[1];
    IF TG_OP = 'UPDATE' THEN
        before := coalesce(to_jsonb(OLD) ->> TG_ARGV[1], '');
    END IF;
    IF after IS NULL OR after = before OR (TG_OP = 'INSERT' AND after = 'false') THEN
        RETURN NULL;
    END IF;
    INSERT INTO programme_webhookevent (subject, row_id, "column", value, previous, happened_at, type, body)
    VALUES (TG_ARGV[0], NEW.id, TG_ARGV[1], after, before, clock_timestamp(), '', '');
    RETURN NULL;
END $$;
"""
CREATE_TRIGGERS = "\n".join(
    f"CREATE TRIGGER programme_event_of_{column} AFTER {'UPDATE' if column in UPDATED_ONLY else 'INSERT OR UPDATE'} ON {table}"
    f" FOR EACH ROW EXECUTE FUNCTION programme_note_event('{subject}', '{column}');"
    for table, subject, column in WATCHED
)
DROP_TRIGGERS = "\n".join(
    f"DROP TRIGGER programme_event_of_{column} ON {table};" for table, _subject, column in WATCHED
)
DROP_FUNCTION = "DROP FUNCTION programme_note_event();"
