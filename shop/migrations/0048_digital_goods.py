"""Downloads of digital lines, and the agreement that they may begin at once."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("shop", "0047_index_ready_parcels"),
    ]

    operations = [
        migrations.AddField(
            model_name="order",
            name="download_agreed_at",
            field=models.DateTimeField(
                blank=True,
                editable=False,
                help_text="And that the right of withdrawal of digital goods ends when their download begins.",
                null=True,
                verbose_name="agreed to the download at",
            ),
        ),
        migrations.AddField(
            model_name="orderline",
            name="is_digital",
            field=models.BooleanField(db_default=False, default=False, verbose_name="digital"),
        ),
        migrations.AddField(
            model_name="parcel",
            name="is_digital",
            field=models.BooleanField(
                db_default=False,
                default=False,
                help_text="Downloaded by links, which were emailed at once.",
                verbose_name="digital",
            ),
        ),
        migrations.CreateModel(
            name="Download",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("left", models.PositiveSmallIntegerField(verbose_name="downloads left")),
                ("expires_at", models.DateTimeField(verbose_name="valid until")),
                (
                    "first_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="first downloaded at"),
                ),
                (
                    "last_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="last downloaded at"),
                ),
                (
                    "order_line",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="download",
                        to="shop.orderline",
                        verbose_name="order line",
                    ),
                ),
            ],
            options={
                "verbose_name": "download",
                "verbose_name_plural": "downloads",
            },
        ),
    ]
