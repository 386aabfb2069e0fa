"""Indexes for lists of followers and followed people, latest first, built while the shop goes on."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("social", "0008_follow_counts")]

    operations = [
        AddIndexConcurrently(
            model_name="follow", index=models.Index(fields=["user", "-id"], name="social_follow_by_user")
        ),
        AddIndexConcurrently(
            model_name="follow", index=models.Index(fields=["creator", "-id"], name="social_follow_of_creator")
        ),
    ]
