"""Files of digital variants."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0027_pickup_places"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="variant",
            name="is_digital",
            field=models.BooleanField(
                db_default=False,
                default=False,
                editable=False,
                help_text="Downloaded, and never sent.",
                verbose_name="digital",
            ),
        ),
        migrations.CreateModel(
            name="DigitalFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("stored_name", models.CharField(editable=False, max_length=100, unique=True)),
                ("file_name", models.CharField(max_length=120, verbose_name="file name")),
                ("content_type", models.CharField(max_length=60, verbose_name="type")),
                ("size_bytes", models.PositiveBigIntegerField(verbose_name="size in bytes")),
                ("uploaded_at", models.DateTimeField(verbose_name="uploaded at")),
                (
                    "uploaded_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="uploaded by",
                    ),
                ),
                (
                    "variant",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="digital_file",
                        to="catalog.variant",
                        verbose_name="variant",
                    ),
                ),
            ],
            options={
                "verbose_name": "digital file",
                "verbose_name_plural": "digital files",
            },
        ),
    ]
