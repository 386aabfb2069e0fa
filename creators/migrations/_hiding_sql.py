"""Triggers that keep `Creator.is_hidden` true while the user is deactivated, or suspended with their clips hidden.

Every writer of either fact is covered. Storefronts, search and the API filter by this one column.
"""

CREATE_HIDING = """
CREATE FUNCTION creators_mark_hidden(touched bigint) RETURNS void LANGUAGE sql AS $$
    UPDATE creators_creator creator SET is_hidden = NOT creator.is_hidden
    WHERE creator.id = touched AND creator.is_hidden <> (
        EXISTS (SELECT FROM accounts_user person WHERE person.id = creator.user_id AND NOT person.is_active)
        OR EXISTS (SELECT FROM creators_suspension suspension
                   WHERE suspension.creator_id = creator.id AND suspension.hides_clips AND suspension.lifted_at IS NULL))
$$;

CREATE FUNCTION creators_user_switched() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM creators_mark_hidden(id) FROM creators_creator WHERE user_id = NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER creators_hiding_of_user AFTER UPDATE OF is_active ON accounts_user
    FOR EACH ROW WHEN (OLD.is_active <> NEW.is_active) EXECUTE FUNCTION creators_user_switched();

CREATE FUNCTION creators_suspension_written() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM creators_mark_hidden(NEW.creator_id);
    RETURN NULL;
END $$;
CREATE TRIGGER creators_hiding_of_suspension AFTER INSERT OR UPDATE ON creators_suspension
    FOR EACH ROW EXECUTE FUNCTION creators_suspension_written();

UPDATE creators_creator creator SET is_hidden = true
FROM accounts_user person WHERE person.id = creator.user_id AND NOT person.is_active;
"""
DROP_HIDING = """
DROP TRIGGER creators_hiding_of_suspension ON creators_suspension; DROP FUNCTION creators_suspension_written();
DROP TRIGGER creators_hiding_of_user ON accounts_user; DROP FUNCTION creators_user_switched();
DROP FUNCTION creators_mark_hidden(bigint);
"""
