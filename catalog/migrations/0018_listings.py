"""Listings of merchants: reviewed before they are public, off sale while their merchant is suspended, with SKUs of their own.

The columns say of all products so far that they are reviewed and listed as they are on sale now.
"""

import django.db.models.deletion
from django.conf import settings
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models

from catalog.migrations._listing_sql import (
    CREATE_LISTING_TRIGGERS,
    DROP_LISTING_TRIGGERS,
    LIST_WHAT_IS_ON_SALE,
    NAME_MERCHANTS_OF_VARIANTS,
)
from catalog.migrations._merchant_keys import add_merchant_key, drop_merchant_key

PERSON = {"blank": True, "null": True, "related_name": "+", "to": settings.AUTH_USER_MODEL}


def merchant_key(**options: object) -> models.ForeignKey:
    return models.ForeignKey(
        db_default=1,
        db_index=False,
        default=1,
        on_delete=django.db.models.deletion.PROTECT,
        to="catalog.merchant",
        **options,
    )


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0017_merchant_applications"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ListingChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "state",
                    models.CharField(
                        choices=[("in_review", "In review"), ("approved", "Approved"), ("refused", "Declined")],
                        default="in_review",
                        max_length=9,
                        verbose_name="state",
                    ),
                ),
                ("is_new", models.BooleanField(default=False, verbose_name="new product")),
                ("values", models.JSONField(default=dict)),
                ("previous", models.JSONField(default=dict)),
                ("version", models.PositiveIntegerField(default=1)),
                ("sent_at", models.DateTimeField(verbose_name="sent at")),
                ("decided_at", models.DateTimeField(blank=True, null=True, verbose_name="decided at")),
                ("reason", models.CharField(blank=True, default="", max_length=500, verbose_name="reason")),
                (
                    "decided_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.SET_NULL, verbose_name="decided by", **PERSON
                    ),
                ),
                (
                    "sent_by",
                    models.ForeignKey(on_delete=django.db.models.deletion.SET_NULL, verbose_name="sent by", **PERSON),
                ),
                (
                    "product",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="listing_changes",
                        to="catalog.product",
                        verbose_name="product",
                    ),
                ),
            ],
            options={
                "verbose_name": "change of a listing",
                "verbose_name_plural": "changes of listings",
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "in_review")), fields=["sent_at"], name="catalog_listing_waiting"
                    ),
                    models.Index(fields=["product", "-id"], name="catalog_listing_of_product"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "in_review")),
                        fields=("product",),
                        name="catalog_listing_waits_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "refused"), _negated=True),
                            models.Q(("reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="catalog_listing_declined_with_reason",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="product",
            name="is_listed",
            field=models.BooleanField(db_default=True, default=True, verbose_name="on sale"),
        ),
        migrations.AddField(
            model_name="product",
            name="is_reviewed",
            field=models.BooleanField(db_default=True, default=True, editable=False),
        ),
        migrations.AlterField(
            model_name="product",
            name="is_active",
            field=models.BooleanField(default=True, editable=False, verbose_name="on sale"),
        ),
        migrations.AddField(
            model_name="productimage",
            name="is_reviewed",
            field=models.BooleanField(db_default=True, default=True, editable=False),
        ),
        migrations.AddField(
            model_name="variant",
            name="is_reviewed",
            field=models.BooleanField(db_default=True, default=True, editable=False),
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(add_merchant_key("catalog_variant"), drop_merchant_key("catalog_variant")),
                migrations.RunSQL(
                    add_merchant_key("catalog_cataloguesource"), drop_merchant_key("catalog_cataloguesource")
                ),
                migrations.RunSQL(NAME_MERCHANTS_OF_VARIANTS, migrations.RunSQL.noop),
            ],
            state_operations=[
                migrations.AddField("variant", "merchant", merchant_key(editable=False, related_name="+")),
                migrations.AddField(
                    "cataloguesource", "merchant", merchant_key(related_name="sources", verbose_name="merchant")
                ),
            ],
        ),
        migrations.RunSQL(LIST_WHAT_IS_ON_SALE, migrations.RunSQL.noop),
        migrations.RunSQL(CREATE_LISTING_TRIGGERS, DROP_LISTING_TRIGGERS),
        AddConstraintNotValid(
            model_name="product",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("is_active", False), models.Q(("is_listed", True), ("is_reviewed", True)), _connector="OR"
                ),
                name="catalog_product_reviewed_before_sale",
            ),
        ),
        AddConstraintNotValid(
            model_name="variant",
            constraint=models.CheckConstraint(
                condition=models.Q(("is_active", False), ("is_reviewed", True), _connector="OR"),
                name="catalog_variant_reviewed_before_sale",
            ),
        ),
    ]
