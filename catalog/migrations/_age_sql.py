"""Triggers that make categories below an adults-only category adults-only too, whatever code writes the rows."""

CREATE_AGE_TRIGGERS = """
CREATE FUNCTION catalog_inherit_age() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM catalog_category WHERE id = NEW.parent_id AND is_age_restricted) THEN
        NEW.is_age_restricted := true;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER catalog_age_from_above BEFORE INSERT OR UPDATE ON catalog_category
    FOR EACH ROW EXECUTE FUNCTION catalog_inherit_age();

CREATE FUNCTION catalog_pass_age_on() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE catalog_category SET is_age_restricted = true WHERE parent_id = NEW.id AND NOT is_age_restricted;
    RETURN NULL;
END $$;
CREATE TRIGGER catalog_age_to_below AFTER UPDATE OF is_age_restricted, parent_id ON catalog_category
    FOR EACH ROW WHEN (NEW.is_age_restricted) EXECUTE FUNCTION catalog_pass_age_on();
"""
DROP_AGE_TRIGGERS = """
DROP TRIGGER catalog_age_to_below ON catalog_category; DROP FUNCTION catalog_pass_age_on();
DROP TRIGGER catalog_age_from_above ON catalog_category; DROP FUNCTION catalog_inherit_age();
"""
