"""When the ranking model was last fitted."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("feed", "0007_column_names")]

    operations = [
        migrations.CreateModel(
            name="ModelFit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("finished_at", models.DateTimeField()),
            ],
            options={"indexes": [models.Index(fields=["finished_at"], name="feed_model_fit_by_end")]},
        ),
    ]
