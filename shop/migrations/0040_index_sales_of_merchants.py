"""Check the lines and invoices of merchants, and index them, while the shop goes on."""

import django.db.models.deletion
from django.contrib.postgres.operations import AddIndexConcurrently, ValidateConstraint
from django.db import migrations, models

from catalog.migrations._merchant_keys import validate_merchant_key

ONE_INVOICE = """
CREATE UNIQUE INDEX CONCURRENTLY shop_invoice_one_per_seller ON shop_invoice (order_id, merchant_id) WHERE refund_id IS NULL
"""
ONE_CREDIT_NOTE = """
CREATE UNIQUE INDEX CONCURRENTLY shop_credit_note_one_per_seller ON shop_invoice (refund_id, merchant_id)
WHERE refund_id IS NOT NULL
"""


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("shop", "0039_sales_of_merchants")]

    operations = [
        ValidateConstraint(model_name="orderline", name="shop_line_fee_of_merchant"),
        migrations.RunSQL(validate_merchant_key("shop_invoice"), migrations.RunSQL.noop),
        AddIndexConcurrently(
            model_name="orderline",
            index=models.Index(
                condition=models.Q(models.Q(("merchant", 1), _negated=True), ("sale_booked_at", None)),
                fields=["payable_at"],
                name="shop_line_of_merchant_unbooked",
            ),
        ),
        AddIndexConcurrently(
            model_name="invoice",
            index=models.Index(
                condition=models.Q(("merchant", 1), _negated=True),
                fields=["merchant", "-issued_at"],
                name="shop_invoice_of_merchant",
            ),
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(ONE_INVOICE, "DROP INDEX shop_invoice_one_per_seller")],
            state_operations=[
                migrations.AddConstraint(
                    model_name="invoice",
                    constraint=models.UniqueConstraint(
                        condition=models.Q(("refund", None)),
                        fields=("order", "merchant"),
                        name="shop_invoice_one_per_seller",
                    ),
                ),
            ],
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(ONE_CREDIT_NOTE, "DROP INDEX shop_credit_note_one_per_seller")],
            state_operations=[
                migrations.AddConstraint(
                    model_name="invoice",
                    constraint=models.UniqueConstraint(
                        condition=models.Q(("refund__isnull", False)),
                        fields=("refund", "merchant"),
                        name="shop_credit_note_one_per_seller",
                    ),
                ),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="invoice",
            name="shop_invoice_one_per_order",
        ),
        migrations.AlterField(
            model_name="invoice",
            name="refund",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="credit_notes",
                to="shop.refund",
                verbose_name="refund",
            ),
        ),
    ]
