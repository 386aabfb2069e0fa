"""What would lock the table of product tags for long, if it were done with the rest of 0016."""

from django.contrib.postgres.operations import AddIndexConcurrently, ValidateConstraint
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("videos", "0016_photo_posts")]

    operations = [
        AddIndexConcurrently(
            model_name="producttag",
            index=models.Index(fields=["photo"], condition=models.Q(photo__isnull=False), name="videos_tag_of_photo"),
        ),
        ValidateConstraint(model_name="producttag", name="videos_tag_span_or_place"),
        ValidateConstraint(model_name="clip", name="videos_clip_medium"),
    ]
