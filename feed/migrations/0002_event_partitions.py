from django.db import migrations

CREATE_FUNCTION = """
CREATE FUNCTION feed_add_partition(month date) RETURNS boolean LANGUAGE plpgsql SET lock_timeout = '5s' AS $$
DECLARE
    partition text := 'feed_event_' || to_char(month, 'YYYY_MM');
    starts timestamptz := date_trunc('month', month::timestamp) AT TIME ZONE 'UTC';
    ends timestamptz := (date_trunc('month', month::timestamp) + interval '1 month') AT TIME ZONE 'UTC';
BEGIN
    IF to_regclass(partition) IS NOT NULL THEN
        RETURN false;
    END IF;
    -- Events that arrive meanwhile wait, so that none is routed to the default partition.
    LOCK TABLE feed_event IN ACCESS EXCLUSIVE MODE;
    IF to_regclass(partition) IS NOT NULL THEN
        RETURN false;
    END IF;
    EXECUTE format('CREATE TABLE %I (LIKE feed_event INCLUDING ALL)', partition);
    EXECUTE format('WITH moved AS (DELETE FROM feed_event_other WHERE served_at >= %L AND served_at < %L RETURNING *)'
                   ' INSERT INTO %I SELECT * FROM moved', starts, ends, partition);
    EXECUTE format('ALTER TABLE feed_event ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', partition, starts, ends);
    RETURN true;
END $$;
"""
CREATE_PARTITIONS = """
DO $$
DECLARE
    this_month timestamp := date_trunc('month', now() AT TIME ZONE 'UTC');
    months date[] := ARRAY(
        SELECT generate_series(this_month, this_month + interval '3 months', interval '1 month')::date
        UNION SELECT date_trunc('month', served_at AT TIME ZONE 'UTC')::date FROM feed_event_other);
    month date;
BEGIN
    FOREACH month IN ARRAY months LOOP
        PERFORM feed_add_partition(month);
    END LOOP;
END $$;
"""


class Migration(migrations.Migration):
    """Create the partitions that events need now, and move events out of the default partition."""

    dependencies = [("feed", "0001_initial")]

    operations = [
        migrations.RunSQL(CREATE_FUNCTION, "DROP FUNCTION feed_add_partition"),
        migrations.RunSQL(CREATE_PARTITIONS, migrations.RunSQL.noop),
    ]
