"""Prepayments, to which payments and refunds may belong instead of an order. What exists is checked by 0045."""

import django.db.models.deletion
from django.conf import settings
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models

import shop.models.order

STATES = [
    ("pending", "Waiting for payment"),
    ("paid", "Paid"),
    ("partly_refunded", "Partly refunded"),
    ("disputed", "Disputed"),
    ("refunded", "Refunded"),
    ("cancelled", "Cancelled"),
]


def one_of_both(name: str) -> models.CheckConstraint:
    """Return the constraint that a row belongs either to an order or to a prepayment."""
    return models.CheckConstraint(
        condition=models.Q(
            models.Q(("order__isnull", False), ("prepayment", None)),
            models.Q(("order", None), ("prepayment__isnull", False)),
            _connector="OR",
        ),
        name=name,
    )


def let_order_be_missing(model: str, related_name: str) -> migrations.AlterField:
    return migrations.AlterField(
        model_name=model,
        name="order",
        field=models.ForeignKey(
            blank=True,
            null=True,
            on_delete=django.db.models.deletion.PROTECT,
            related_name=related_name,
            to="shop.order",
            verbose_name="order",
        ),
    )


def add_prepayment(model: str, related_name: str) -> migrations.SeparateDatabaseAndState:
    """Return the operation that adds the column without a lock on what exists."""
    table = f"shop_{model}"
    return migrations.SeparateDatabaseAndState(
        database_operations=[
            migrations.RunSQL(
                f"""ALTER TABLE {table} ADD COLUMN prepayment_id bigint;
                ALTER TABLE {table} ADD CONSTRAINT {table}_prepayment_fk FOREIGN KEY (prepayment_id)
                    REFERENCES shop_prepayment (id) DEFERRABLE INITIALLY DEFERRED NOT VALID""",
                f"ALTER TABLE {table} DROP COLUMN prepayment_id",
            )
        ],
        state_operations=[
            migrations.AddField(
                model_name=model,
                name="prepayment",
                field=models.ForeignKey(
                    blank=True,
                    db_index=False,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name=related_name,
                    to="shop.prepayment",
                    verbose_name="prepayment",
                ),
            )
        ],
    )


class Migration(migrations.Migration):
    dependencies = [migrations.swappable_dependency(settings.AUTH_USER_MODEL), ("shop", "0043_invoices_in_order")]

    operations = [
        migrations.CreateModel(
            name="Prepayment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "code",
                    models.CharField(
                        default=shop.models.order.new_order_code,
                        editable=False,
                        max_length=16,
                        unique=True,
                        verbose_name="code",
                    ),
                ),
                ("email", models.EmailField(max_length=254, verbose_name="email address")),
                ("purpose", models.CharField(max_length=80, verbose_name="purpose")),
                ("return_path", models.CharField(editable=False, max_length=200)),
                (
                    "state",
                    models.CharField(choices=STATES, default="pending", max_length=16, verbose_name="state"),
                ),
                ("currency", models.CharField(max_length=3)),
                ("total_minor", models.PositiveBigIntegerField(verbose_name="total")),
                ("refunded_minor", models.PositiveBigIntegerField(default=0, verbose_name="refunded")),
                ("created_at", models.DateTimeField(verbose_name="created at")),
                ("paid_at", models.DateTimeField(blank=True, null=True, verbose_name="paid at")),
                (
                    "user",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="prepayments",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="user",
                    ),
                ),
            ],
            options={
                "verbose_name": "prepayment",
                "verbose_name_plural": "prepayments",
                "indexes": [models.Index(fields=["created_at"], name="shop_prepayment_by_date")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("refunded_minor__lte", models.F("total_minor"))),
                        name="shop_prepayment_refunded_at_most_all",
                    )
                ],
            },
        ),
        let_order_be_missing("payment", "payments"),
        let_order_be_missing("refund", "refunds"),
        add_prepayment("payment", "payments"),
        add_prepayment("refund", "refunds"),
        AddConstraintNotValid(model_name="payment", constraint=one_of_both("shop_payment_of_order_or_prepayment")),
        AddConstraintNotValid(model_name="refund", constraint=one_of_both("shop_refund_of_order_or_prepayment")),
    ]
