"""The viewer of an account that has ended has no version any more, so that a cookie alone does not open its feed."""

from django.conf import settings
from django.db import migrations

from feed.migrations._live_sql import LIVE_OF_ACTIVE_ACCOUNTS, LIVE_WITHOUT_HIDDEN


class Migration(migrations.Migration):
    dependencies = [
        ("feed", "0009_name_clip_counts"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [migrations.RunSQL(LIVE_OF_ACTIVE_ACCOUNTS, LIVE_WITHOUT_HIDDEN)]
