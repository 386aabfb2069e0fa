"""The fee on a merchant's sale, its share of refunds, and invoices of its own. Lines and invoices are checked by 0040."""

import django.db.models.deletion
import django.db.models.expressions
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models

from catalog.migrations._merchant_keys import add_merchant_key, drop_merchant_key


class Migration(migrations.Migration):
    dependencies = [("catalog", "0016_index_products_of_merchants"), ("shop", "0038_index_lines_to_pack")]

    operations = [
        migrations.CreateModel(
            name="RefundShare",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("goods_minor", models.PositiveBigIntegerField(default=0)),
                ("tax_minor", models.PositiveBigIntegerField(default=0)),
                ("taxes", models.JSONField(blank=True, default=list, verbose_name="tax by rate")),
                ("amount_minor", models.PositiveBigIntegerField(default=0, verbose_name="amount")),
                ("fee_minor", models.PositiveBigIntegerField(default=0, verbose_name="fee")),
                ("discount_minor", models.PositiveBigIntegerField(default=0, verbose_name="discount")),
            ],
            options={
                "verbose_name": "refund share",
                "verbose_name_plural": "refund shares",
            },
        ),
        migrations.AddField(
            model_name="refundshare",
            name="merchant",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="refund_shares",
                to="catalog.merchant",
                verbose_name="merchant",
            ),
        ),
        migrations.AddField(
            model_name="refundshare",
            name="refund",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="shares",
                to="shop.refund",
                verbose_name="refund",
            ),
        ),
        migrations.AddConstraint(
            model_name="refundshare",
            constraint=models.UniqueConstraint(fields=("refund", "merchant"), name="shop_refund_share_once"),
        ),
        migrations.AddConstraint(
            model_name="refundshare",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "amount_minor",
                        django.db.models.expressions.CombinedExpression(
                            models.F("goods_minor"), "+", models.F("tax_minor")
                        ),
                    ),
                    models.Q(("amount_minor", models.F("goods_minor")), ("tax_minor__lte", models.F("amount_minor"))),
                    _connector="OR",
                ),
                name="shop_refund_share_adds_up",
            ),
        ),
        migrations.AddField(
            model_name="orderline",
            name="fee_bps",
            field=models.PositiveIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="orderline",
            name="fee_minor",
            field=models.PositiveBigIntegerField(
                db_default=0,
                default=0,
                help_text="What the house keeps of a merchant's sale.",
                verbose_name="merchant's fee",
            ),
        ),
        migrations.AddField(
            model_name="orderline",
            name="sale_booked_at",
            field=models.DateTimeField(
                editable=False, help_text="When the tally booked a merchant's sale in the ledger.", null=True
            ),
        ),
        AddConstraintNotValid(
            model_name="orderline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("fee_minor", 0),
                    models.Q(models.Q(("merchant", 1), _negated=True), ("fee_minor__lte", models.F("amount_minor"))),
                    _connector="OR",
                ),
                name="shop_line_fee_of_merchant",
            ),
        ),
        migrations.AlterField(
            model_name="invoice",
            name="number",
            field=models.CharField(max_length=32, unique=True, verbose_name="number"),
        ),
        migrations.AddField(
            model_name="invoice",
            name="taxes",
            field=models.JSONField(
                help_text="Empty for documents from before sellers had their own.",
                null=True,
                verbose_name="tax by rate",
            ),
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(add_merchant_key("shop_invoice"), drop_merchant_key("shop_invoice"))
            ],
            state_operations=[
                migrations.AddField(
                    model_name="invoice",
                    name="merchant",
                    field=models.ForeignKey(
                        db_default=1,
                        db_index=False,
                        default=1,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="invoices",
                        to="catalog.merchant",
                        verbose_name="merchant",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="invoiceseries",
            name="merchant",
            field=models.ForeignKey(
                db_default=1,
                db_index=False,
                default=1,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="invoice_series",
                to="catalog.merchant",
                verbose_name="merchant",
            ),
        ),
        migrations.AddConstraint(
            model_name="invoiceseries",
            constraint=models.UniqueConstraint(
                fields=("merchant", "kind", "year"), name="shop_invoice_series_of_seller"
            ),
        ),
        migrations.RemoveConstraint(
            model_name="invoiceseries",
            name="shop_invoice_series_once",
        ),
    ]
