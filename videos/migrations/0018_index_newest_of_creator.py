"""An index of each profile's published clips, newest first, built while the shop goes on."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import F


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("videos", "0017_index_photo_tags")]

    operations = [
        AddIndexConcurrently(
            model_name="clip",
            index=models.Index(
                "creator",
                F("published_at").desc(),
                F("id").desc(),
                condition=models.Q(("state", "published")),
                name="videos_clip_newest_of_creator",
            ),
        ),
    ]
