"""Hiding an author locks their comments, and those that they answered, by id, as pinning a comment does.

Before, it locked the answered ones last, and could deadlock with the author of a post who pinned one of them.
"""

from django.db import migrations

HIDE = """
    UPDATE social_comment SET is_author_hidden = NEW.is_hidden
    WHERE author_id = NEW.id AND is_author_hidden <> NEW.is_hidden;
    RETURN NULL;
END $$;
"""
START = "CREATE OR REPLACE FUNCTION social_author_hidden() RETURNS trigger LANGUAGE plpgsql AS $$\nBEGIN"
LOCK = """
    PERFORM FROM social_comment WHERE id IN (
        SELECT unnest(ARRAY[id, parent_id]) FROM social_comment WHERE author_id = NEW.id)
    ORDER BY id FOR NO KEY UPDATE;
"""


class Migration(migrations.Migration):
    dependencies = [("social", "0017_sponsorships")]

    operations = [migrations.RunSQL(START + LOCK + HIDE, START + HIDE)]
