"""Where lines and parcels are picked up, since when parcels are ready, and how often their codes were guessed."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0027_pickup_places"),
        ("shop", "0045_index_prepayments"),
    ]

    operations = [
        migrations.AddField(
            model_name="orderline",
            name="pickup_place",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                help_text="Where the shopper picks it up. Empty if it is sent.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="catalog.pickupplace",
                verbose_name="pickup place",
            ),
        ),
        migrations.AddField(
            model_name="parcel",
            name="code_guessed_at",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="parcel",
            name="code_guesses",
            field=models.SmallIntegerField(
                db_default=0,
                default=0,
                editable=False,
                help_text="Codes typed since `code_guessed_at`, right or wrong.",
            ),
        ),
        migrations.AddField(
            model_name="parcel",
            name="pickup_place",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="catalog.pickupplace",
                verbose_name="pickup place",
            ),
        ),
        migrations.AddField(
            model_name="parcel",
            name="ready_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="ready for pickup at"),
        ),
        migrations.AlterField(
            model_name="parcel",
            name="last_notice",
            field=models.CharField(
                blank=True,
                choices=[
                    ("packed", "Packed"),
                    ("ready", "Ready for pickup"),
                    ("sent", "Sent"),
                    ("delivered", "Delivered"),
                    ("lost", "Lost"),
                    ("cancelled", "Cancelled"),
                ],
                default="",
                editable=False,
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="parcel",
            name="state",
            field=models.CharField(
                choices=[
                    ("packed", "Packed"),
                    ("ready", "Ready for pickup"),
                    ("sent", "Sent"),
                    ("delivered", "Delivered"),
                    ("lost", "Lost"),
                    ("cancelled", "Cancelled"),
                ],
                default="packed",
                max_length=10,
                verbose_name="state",
            ),
        ),
    ]
