"""The name of clip counts in admin, in the reader's language."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("feed", "0008_model_fits")]

    operations = [
        migrations.AlterModelOptions(
            name="clipcount",
            options={"verbose_name": "counts of a clip", "verbose_name_plural": "counts of clips"},
        ),
    ]
