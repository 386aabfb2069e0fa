"""Shipping zones and options, and what an order keeps of the chosen one."""

import catalog.amounts
import catalog.models.product
import catalog.translations
import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("shop", "0032_return_steps"),
    ]

    operations = [
        migrations.CreateModel(
            name="ShippingZone",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=80, unique=True, verbose_name="name")),
                (
                    "countries",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            max_length=2, validators=[django.core.validators.RegexValidator("^[A-Z]{2}\\Z")]
                        ),
                        verbose_name="countries",
                    ),
                ),
                (
                    "regions",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=80),
                        blank=True,
                        default=list,
                        help_text="Codes or names, separated by commas, such as AK, HI. Empty for whole countries.",
                        verbose_name="states or regions",
                    ),
                ),
            ],
            options={
                "verbose_name": "shipping zone",
                "verbose_name_plural": "shipping zones",
            },
        ),
        migrations.AddField(
            model_name="order",
            name="is_pickup",
            field=models.BooleanField(db_default=False, default=False, verbose_name="pickup"),
        ),
        migrations.AddField(
            model_name="order",
            name="promised_by",
            field=models.DateField(blank=True, null=True, verbose_name="promised by"),
        ),
        migrations.AddField(
            model_name="order",
            name="promised_from",
            field=models.DateField(blank=True, null=True, verbose_name="promised from"),
        ),
        migrations.AddField(
            model_name="order",
            name="shipping_name",
            field=models.CharField(
                blank=True, db_default="", default="", max_length=60, verbose_name="shipping option"
            ),
        ),
        migrations.CreateModel(
            name="ShippingOption",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "name",
                    models.CharField(
                        help_text="Such as Standard. Shoppers read it.", max_length=60, verbose_name="name"
                    ),
                ),
                (
                    "name_translations",
                    catalog.translations.TranslationsField(
                        blank=True, db_default={}, default=dict, verbose_name="translations of the name"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("delivery", "Delivery"), ("pickup", "Pickup")],
                        default="delivery",
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                (
                    "currency",
                    models.CharField(
                        default=catalog.models.product.default_currency,
                        max_length=3,
                        validators=[catalog.amounts.validate_currency],
                        verbose_name="currency",
                    ),
                ),
                ("price_minor", models.PositiveIntegerField(verbose_name="price")),
                (
                    "goods_from_minor",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="The least value of an order with this price, if any.",
                        null=True,
                        verbose_name="for goods from",
                    ),
                ),
                (
                    "weight_upto_g",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="In grams. Empty if the weight does not count.",
                        null=True,
                        verbose_name="up to a weight of",
                    ),
                ),
                (
                    "free_from_minor",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="Value of goods from which it costs nothing. Empty for never.",
                        null=True,
                        verbose_name="free from",
                    ),
                ),
                ("min_days", models.PositiveSmallIntegerField(default=2, verbose_name="earliest after days")),
                (
                    "max_days",
                    models.PositiveSmallIntegerField(
                        default=5,
                        help_text="Shoppers read both as dates, and so do packers.",
                        verbose_name="latest after days",
                    ),
                ),
                ("is_active", models.BooleanField(default=True, verbose_name="offered")),
                (
                    "zone",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="options",
                        to="shop.shippingzone",
                        verbose_name="shipping zone",
                    ),
                ),
            ],
            options={
                "verbose_name": "shipping option",
                "verbose_name_plural": "shipping options",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("min_days__lte", models.F("max_days"))), name="shop_shipping_days_in_order"
                    )
                ],
            },
        ),
    ]
