"""Indexes of what search reads: titles with options, descriptions, and the names of brands."""

from django.db import migrations

WORDS = "to_tsvector('simple', feed_plain({}))"
TITLE = WORDS.format("name || ' ' || option_words")
TEXT = WORDS.format("name || ' ' || option_words || ' ' || description")
OLD_TEXT = WORDS.format("name || ' ' || description")


def create(name: str, index: str) -> migrations.RunSQL:
    """Return the operation that adds an index while the shop is open. One that broke off is made anew."""
    drop = f"DROP INDEX CONCURRENTLY IF EXISTS {name}"
    return migrations.RunSQL([drop, f"CREATE INDEX CONCURRENTLY {name} ON {index}"], drop)


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("feed", "0010_ended_accounts"), ("catalog", "0024_fill_option_words")]

    operations = [
        create("feed_product_title", f"catalog_product USING gin (({TITLE}))"),
        create("feed_product_text", f"catalog_product USING gin (({TEXT}))"),
        create("feed_brand_name", "catalog_brand USING gin (feed_plain(name) gin_trgm_ops)"),
        migrations.RunSQL(
            "DROP INDEX CONCURRENTLY IF EXISTS feed_product_words",
            f"CREATE INDEX CONCURRENTLY feed_product_words ON catalog_product USING gin (({OLD_TEXT}))",
        ),
    ]
