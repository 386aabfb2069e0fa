"""An index of the published clips whose captions have not been read for hashtags, built while the shop goes on."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("videos", "0021_sponsored_posts")]

    operations = [
        AddIndexConcurrently(
            model_name="clip",
            index=models.Index(
                fields=["id"],
                condition=models.Q(
                    ("state", "published"),
                    models.Q(
                        ("links_read_at", None),
                        ("links_read_at__lt", models.F("state_changed_at")),
                        _connector="OR",
                    ),
                ),
                name="videos_clip_unread_links",
            ),
        ),
    ]
