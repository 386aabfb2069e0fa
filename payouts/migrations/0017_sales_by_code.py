"""Show sales without a clip, by the discount code of a creator, on the statement."""

from importlib import import_module

from django.db import migrations

OLD_VIEW_SQL: str = import_module("payouts.migrations.0013_unbooked_lines").VIEW_SQL
INNER_JOIN, CLIP = "\nJOIN videos_clip clip ON clip.id = line.clip_id", "placed.paid_at, clip.code, placed.currency"
VIEW_SQL = (
    OLD_VIEW_SQL.replace(INNER_JOIN, f"\nLEFT{INNER_JOIN.replace(chr(10), ' ')}")
    .replace(CLIP, "placed.paid_at, coalesce(clip.code, ''), placed.currency")
    .replace("WHERE line.commission_minor = 0", "WHERE line.creator_id IS NOT NULL AND line.commission_minor = 0")
)


class Migration(migrations.Migration):
    dependencies = [("payouts", "0016_download_of_yearly_totals"), ("shop", "0028_discounts")]

    operations = [migrations.RunSQL(VIEW_SQL, OLD_VIEW_SQL)]
