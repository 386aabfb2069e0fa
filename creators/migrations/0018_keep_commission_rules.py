"""Rules of commission begin in the future, and nothing but their end changes, which is in the future too."""

from django.db import migrations

TRIGGER = """
    CREATE FUNCTION creators_keep_commission_rule() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'DELETE' THEN
            RAISE EXCEPTION 'commission rules are ended, not deleted' USING ERRCODE = 'integrity_constraint_violation';
        ELSIF TG_OP = 'INSERT' THEN
            IF NEW.starts_at < now() THEN
                RAISE EXCEPTION 'commission rules begin in the future' USING ERRCODE = 'integrity_constraint_violation';
            END IF;
        ELSIF to_jsonb(NEW) - 'ends_at' <> to_jsonb(OLD) - 'ends_at'
              OR OLD.ends_at <= now() OR NEW.ends_at IS NULL OR NEW.ends_at < now() THEN
            RAISE EXCEPTION 'only the end of a commission rule changes, and only in the future'
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER creators_commissionrule_kept BEFORE INSERT OR UPDATE OR DELETE ON creators_commissionrule
        FOR EACH ROW EXECUTE FUNCTION creators_keep_commission_rule();
"""
UNDO = """
    DROP TRIGGER creators_commissionrule_kept ON creators_commissionrule;
    DROP FUNCTION creators_keep_commission_rule;
"""


class Migration(migrations.Migration):
    dependencies = [("creators", "0017_commission_rules")]

    operations = [migrations.RunSQL(TRIGGER, UNDO)]
