from django.db import migrations

from feed.migrations._live_sql import LIVE_WITH_HIDDEN, LIVE_WITHOUT_HIDDEN


class Migration(migrations.Migration):
    """Leave the clips of hidden creators out of the live state."""

    dependencies = [("feed", "0002_event_partitions"), ("videos", "0004_suspensions")]

    operations = [migrations.RunSQL(LIVE_WITHOUT_HIDDEN, LIVE_WITH_HIDDEN)]
