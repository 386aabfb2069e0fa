"""Parcels and their units, and what orders and their lines know of them."""

import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.text
from django.conf import settings
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0008_column_names"),
        ("creators", "0012_column_names"),
        ("shop", "0029_check_discounts"),
        ("videos", "0014_column_names"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Parcel",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("packed", "Packed"),
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
                ("carrier", models.CharField(blank=True, default="", max_length=40, verbose_name="carrier")),
                (
                    "tracking_number",
                    models.CharField(blank=True, default="", max_length=40, verbose_name="tracking number"),
                ),
                ("tracking_url", models.URLField(blank=True, default="", max_length=300, verbose_name="tracking link")),
                ("packed_at", models.DateTimeField(verbose_name="packed at")),
                ("sent_at", models.DateTimeField(blank=True, null=True, verbose_name="sent at")),
                ("delivered_at", models.DateTimeField(blank=True, null=True, verbose_name="delivered at")),
                ("lost_at", models.DateTimeField(blank=True, null=True, verbose_name="lost at")),
                ("cancelled_at", models.DateTimeField(blank=True, null=True, verbose_name="cancelled at")),
                ("resent_at", models.DateTimeField(blank=True, null=True, verbose_name="sent again at")),
                (
                    "last_notice",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("packed", "Packed"),
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
            ],
            options={
                "verbose_name": "parcel",
                "verbose_name_plural": "parcels",
            },
        ),
        migrations.CreateModel(
            name="ParcelLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("quantity", models.PositiveSmallIntegerField(verbose_name="quantity")),
                (
                    "refunded_quantity",
                    models.PositiveSmallIntegerField(
                        default=0,
                        help_text="Units of a lost parcel that were refunded.",
                        verbose_name="refunded quantity",
                    ),
                ),
            ],
            options={
                "verbose_name": "parcel line",
                "verbose_name_plural": "parcel lines",
            },
        ),
        migrations.AddField(
            model_name="order",
            name="packing_due_at",
            field=models.DateTimeField(
                blank=True,
                editable=False,
                help_text="Empty if there is nothing to pack.",
                null=True,
                verbose_name="to be packed since",
            ),
        ),
        migrations.AddField(
            model_name="order",
            name="records_parcels",
            field=models.BooleanField(
                db_default=False,
                default=False,
                editable=False,
                help_text="Its return period begins when its parcels are delivered, not when it is paid.",
                verbose_name="parcels are recorded",
            ),
        ),
        migrations.AddField(
            model_name="orderline",
            name="packed_quantity",
            field=models.PositiveSmallIntegerField(
                db_default=0,
                default=0,
                help_text="Units in parcels that are not cancelled.",
                verbose_name="packed quantity",
            ),
        ),
        migrations.AddField(
            model_name="orderline",
            name="returned_quantity",
            field=models.PositiveSmallIntegerField(
                db_default=0,
                default=0,
                help_text="Units of the refunded quantity.",
                verbose_name="quantity refunded after sending",
            ),
        ),
        migrations.AlterField(
            model_name="orderline",
            name="refunded_quantity",
            field=models.PositiveSmallIntegerField(default=0, verbose_name="refunded quantity"),
        ),
        AddConstraintNotValid(
            model_name="orderline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "packed_quantity__lte",
                        django.db.models.expressions.CombinedExpression(
                            django.db.models.expressions.CombinedExpression(
                                models.F("quantity"), "-", models.F("refunded_quantity")
                            ),
                            "+",
                            models.F("returned_quantity"),
                        ),
                    ),
                    ("returned_quantity__lte", models.F("packed_quantity")),
                ),
                name="shop_line_packed_at_most_paid",
            ),
        ),
        migrations.AddField(
            model_name="parcel",
            name="created_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="packed by",
            ),
        ),
        migrations.AddField(
            model_name="parcel",
            name="order",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="parcels",
                to="shop.order",
                verbose_name="order",
            ),
        ),
        migrations.AddField(
            model_name="parcelline",
            name="order_line",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="parcel_lines",
                to="shop.orderline",
                verbose_name="order line",
            ),
        ),
        migrations.AddField(
            model_name="parcelline",
            name="parcel",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="lines", to="shop.parcel"
            ),
        ),
        migrations.AddIndex(
            model_name="parcel",
            index=models.Index(fields=["packed_at"], name="shop_parcel_by_date"),
        ),
        migrations.AddIndex(
            model_name="parcel",
            index=models.Index(
                condition=models.Q(
                    models.Q(("state", "cancelled"), _negated=True),
                    models.Q(("last_notice", models.F("state")), _negated=True),
                ),
                fields=["packed_at"],
                name="shop_parcel_notice_due",
            ),
        ),
        migrations.AddConstraint(
            model_name="parcel",
            constraint=models.UniqueConstraint(
                django.db.models.functions.text.Upper("carrier"),
                django.db.models.functions.text.Upper("tracking_number"),
                condition=models.Q(("tracking_number", ""), _negated=True),
                name="shop_parcel_number_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="parcel",
            constraint=models.CheckConstraint(
                condition=models.Q(("tracking_url", ""), ("tracking_url__startswith", "https://"), _connector="OR"),
                name="shop_parcel_link_is_https",
            ),
        ),
        migrations.AddConstraint(
            model_name="parcelline",
            constraint=models.UniqueConstraint(fields=("parcel", "order_line"), name="shop_parcel_line_once"),
        ),
        migrations.AddConstraint(
            model_name="parcelline",
            constraint=models.CheckConstraint(
                condition=models.Q(("quantity__gt", 0)), name="shop_parcel_line_has_units"
            ),
        ),
        migrations.AddConstraint(
            model_name="parcelline",
            constraint=models.CheckConstraint(
                condition=models.Q(("refunded_quantity__lte", models.F("quantity"))),
                name="shop_parcel_line_refunded_at_most_all",
            ),
        ),
    ]
