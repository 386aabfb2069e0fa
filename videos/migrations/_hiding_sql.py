"""Triggers that keep `Clip.is_hidden` equal to its creator's. `updated_at` changes too, so that the feed reads it again."""

CREATE_HIDING = """
CREATE FUNCTION videos_creator_hidden() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE videos_clip SET is_hidden = NEW.is_hidden, updated_at = clock_timestamp()
    WHERE creator_id = NEW.id AND is_hidden <> NEW.is_hidden;
    RETURN NULL;
END $$;
CREATE TRIGGER videos_hiding_of_creator AFTER UPDATE OF is_hidden ON creators_creator
    FOR EACH ROW WHEN (OLD.is_hidden <> NEW.is_hidden) EXECUTE FUNCTION videos_creator_hidden();

UPDATE videos_clip clip SET is_hidden = true, updated_at = clock_timestamp()
FROM creators_creator creator WHERE creator.id = clip.creator_id AND creator.is_hidden;
"""
DROP_HIDING = "DROP TRIGGER videos_hiding_of_creator ON creators_creator; DROP FUNCTION videos_creator_hidden();"
