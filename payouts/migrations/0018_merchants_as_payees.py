"""Merchants as payees, with accounts, payouts and payout accounts. Payouts are checked against the new rule by 0019."""

import django.db.models.deletion
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0016_index_products_of_merchants"),
        ("payouts", "0017_sales_by_code"),
        ("shop", "0039_sales_of_merchants"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="account",
            name="payouts_account_once",
        ),
        migrations.RemoveConstraint(
            model_name="account",
            name="payouts_account_owner_fits_kind",
        ),
        migrations.RemoveConstraint(
            model_name="payout",
            name="payouts_payout_one_payee",
        ),
        migrations.RemoveConstraint(
            model_name="payoutaccount",
            name="payouts_payout_account_one_owner",
        ),
        migrations.AddField(
            model_name="account",
            name="merchant",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="accounts",
                to="catalog.merchant",
                verbose_name="merchant",
            ),
        ),
        migrations.AddField(
            model_name="payout",
            name="merchant",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="payouts",
                to="catalog.merchant",
                verbose_name="merchant",
            ),
        ),
        migrations.AddField(
            model_name="payoutaccount",
            name="merchant",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="payout_account",
                to="catalog.merchant",
                verbose_name="merchant",
            ),
        ),
        migrations.AddField(
            model_name="posting",
            name="merchant",
            field=models.ForeignKey(
                db_index=False,
                help_text="The merchant whose statement shows it.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="postings",
                to="catalog.merchant",
                verbose_name="merchant",
            ),
        ),
        migrations.AddField(
            model_name="posting",
            name="refund_share",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="postings",
                to="shop.refundshare",
                verbose_name="refund share",
            ),
        ),
        migrations.AlterField(
            model_name="account",
            name="kind",
            field=models.CharField(
                choices=[
                    ("creator", "Owed to a creator"),
                    ("agency", "Owed to an agency"),
                    ("merchant", "Owed to a merchant"),
                    ("fees", "Fees for clips"),
                    ("commissions", "Commissions on sales"),
                    ("sales", "Sales of merchants"),
                    ("sales_fees", "Fees of merchants"),
                    ("discounts", "Discounts on goods of merchants"),
                    ("in_transit", "In transit to the bank"),
                    ("bank", "Paid by the bank"),
                ],
                max_length=12,
                verbose_name="kind",
            ),
        ),
        migrations.AlterField(
            model_name="posting",
            name="kind",
            field=models.CharField(
                choices=[
                    ("fee", "Fee for an approved clip"),
                    ("commission", "Commission on a sale"),
                    ("return", "Commission reversed after a return"),
                    ("reversal", "Reversal"),
                    ("sale", "Sale of a merchant"),
                    ("refund", "Refund of a merchant's sale"),
                    ("payout", "Payout"),
                    ("payout_paid", "Payout completed"),
                    ("payout_failed", "Payout failed"),
                    ("payout_return", "Payout returned by the bank"),
                ],
                max_length=14,
                verbose_name="kind",
            ),
        ),
        migrations.AddConstraint(
            model_name="account",
            constraint=models.UniqueConstraint(
                fields=("kind", "creator", "agency", "merchant", "currency"),
                name="payouts_account_of_payee_once",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="account",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("agency", None), ("creator__isnull", False), ("kind", "creator"), ("merchant", None)),
                    models.Q(("agency__isnull", False), ("creator", None), ("kind", "agency"), ("merchant", None)),
                    models.Q(("agency", None), ("creator", None), ("kind", "merchant"), ("merchant__isnull", False)),
                    models.Q(
                        models.Q(("kind__in", ("creator", "agency", "merchant")), _negated=True),
                        ("agency", None),
                        ("creator", None),
                        ("merchant", None),
                    ),
                    _connector="OR",
                ),
                name="payouts_account_payee_fits_kind",
            ),
        ),
        AddConstraintNotValid(
            model_name="payout",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("agency__isnull", True), ("creator__isnull", False), ("merchant__isnull", True)),
                    models.Q(("agency__isnull", False), ("creator__isnull", True), ("merchant__isnull", True)),
                    models.Q(("agency__isnull", True), ("creator__isnull", True), ("merchant__isnull", False)),
                    _connector="OR",
                ),
                name="payouts_payout_of_one_payee",
            ),
        ),
        migrations.AddConstraint(
            model_name="payout",
            constraint=models.UniqueConstraint(
                condition=models.Q(("merchant__isnull", False), ("state__in", ("planned", "sending", "unknown"))),
                fields=("merchant", "currency"),
                name="payouts_payout_one_open_per_merchant",
            ),
        ),
        migrations.AddConstraint(
            model_name="payoutaccount",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("agency__isnull", True), ("creator__isnull", False), ("merchant__isnull", True)),
                    models.Q(("agency__isnull", False), ("creator__isnull", True), ("merchant__isnull", True)),
                    models.Q(("agency__isnull", True), ("creator__isnull", True), ("merchant__isnull", False)),
                    _connector="OR",
                ),
                name="payouts_payout_account_of_one_payee",
            ),
        ),
    ]
