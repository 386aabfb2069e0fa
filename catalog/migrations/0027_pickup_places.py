"""Places where shoppers pick up what they ordered, which products can be picked up, and postcodes to find places by."""

import accounts.pasted_text
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.text
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0026_scheduled_fees"),
    ]

    operations = [
        migrations.AddField(
            model_name="product",
            name="can_be_picked_up",
            field=models.BooleanField(
                db_default=True,
                default=True,
                help_text="At each pickup place that its seller offers.",
                verbose_name="can be picked up",
            ),
        ),
        migrations.CreateModel(
            name="Postcode",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("country_code", models.CharField(max_length=2, verbose_name="country")),
                ("code", models.CharField(max_length=20, verbose_name="postcode")),
                ("town", models.CharField(max_length=180, verbose_name="town")),
                ("latitude", models.FloatField(verbose_name="latitude")),
                ("longitude", models.FloatField(verbose_name="longitude")),
            ],
            options={
                "verbose_name": "postcode",
                "verbose_name_plural": "postcodes",
                "indexes": [
                    models.Index(django.db.models.functions.text.Upper("town"), name="catalog_postcode_of_town")
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("country_code", "code", "town"), name="catalog_postcode_once"),
                    models.CheckConstraint(
                        condition=models.Q(("latitude__range", (-90, 90)), ("longitude__range", (-180, 180))),
                        name="catalog_postcode_on_globe",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PickupPlace",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "name",
                    models.CharField(
                        max_length=80, validators=[accounts.pasted_text.validate_visible], verbose_name="name"
                    ),
                ),
                (
                    "address",
                    models.TextField(
                        help_text="Street, postcode and town, as on a label.", max_length=300, verbose_name="address"
                    ),
                ),
                (
                    "opening_hours",
                    models.TextField(
                        blank=True,
                        default="",
                        help_text="For example, Mon–Fri 9–18.",
                        max_length=500,
                        verbose_name="opening hours",
                    ),
                ),
                (
                    "latitude",
                    models.FloatField(
                        help_text="In degrees, such as 53.3498.",
                        validators=[
                            django.core.validators.MinValueValidator(-90.0),
                            django.core.validators.MaxValueValidator(90.0),
                        ],
                        verbose_name="latitude",
                    ),
                ),
                (
                    "longitude",
                    models.FloatField(
                        help_text="In degrees, such as -6.2603.",
                        validators=[
                            django.core.validators.MinValueValidator(-180.0),
                            django.core.validators.MaxValueValidator(180.0),
                        ],
                        verbose_name="longitude",
                    ),
                ),
                (
                    "is_offered",
                    models.BooleanField(
                        default=True,
                        help_text="Orders that chose the place before can still be picked up there.",
                        verbose_name="offered",
                    ),
                ),
                (
                    "merchant",
                    models.ForeignKey(
                        db_default=1,
                        default=1,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="pickup_places",
                        to="catalog.merchant",
                        verbose_name="merchant",
                    ),
                ),
            ],
            options={
                "verbose_name": "pickup place",
                "verbose_name_plural": "pickup places",
                "indexes": [models.Index(fields=["latitude", "longitude"], name="catalog_pickup_place_on_map")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("latitude__range", (-90, 90)), ("longitude__range", (-180, 180))),
                        name="catalog_pickup_place_on_globe",
                    )
                ],
            },
        ),
    ]
