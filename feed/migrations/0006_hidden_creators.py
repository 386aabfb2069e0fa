"""Creators whose clips a viewer does not want to see."""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("feed", "0005_trusted_viewers")]

    operations = [
        migrations.AddField(
            model_name="viewer",
            name="hidden_creators",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.BigIntegerField(),
                db_default=[],
                default=list,
                help_text="Ids of creators.",
                size=None,
            ),
        ),
    ]
