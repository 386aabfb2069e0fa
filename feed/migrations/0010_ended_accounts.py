"""The viewer of an account that has ended has no version any more, so that a cookie alone does not open its feed."""

from django.conf import settings
from django.db import migrations

from feed.migrations._live_sql import LIVE_WITHOUT_HIDDEN

ACTIVE = """ AND (
            row.user_id IS NULL OR EXISTS (SELECT FROM accounts_user WHERE id = row.user_id AND accounts_user.is_active)
        )"""
LIVE_OF_ACTIVE_ACCOUNTS = LIVE_WITHOUT_HIDDEN.replace("WHERE row.key = viewer", f"WHERE row.key = viewer{ACTIVE}")


class Migration(migrations.Migration):
    dependencies = [
        ("feed", "0009_name_clip_counts"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [migrations.RunSQL(LIVE_OF_ACTIVE_ACCOUNTS, LIVE_WITHOUT_HIDDEN)]
