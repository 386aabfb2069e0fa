"""Check and index what belongs to prepayments, while the shop goes on."""

from django.contrib.postgres.operations import AddIndexConcurrently, ValidateConstraint
from django.db import migrations, models

ONE_OPEN = """
CREATE UNIQUE INDEX CONCURRENTLY shop_payment_one_open_per_prepayment ON shop_payment (prepayment_id)
WHERE NOT state = 'failed'
"""


def index_prepayments(model: str) -> AddIndexConcurrently:
    return AddIndexConcurrently(
        model_name=model,
        index=models.Index(
            condition=models.Q(("prepayment__isnull", False)),
            fields=["prepayment"],
            name=f"shop_{model}_of_prepayment",
        ),
    )


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("shop", "0044_prepayments")]

    operations = [
        ValidateConstraint(model_name="payment", name="shop_payment_of_order_or_prepayment"),
        ValidateConstraint(model_name="refund", name="shop_refund_of_order_or_prepayment"),
        migrations.RunSQL(
            [
                "ALTER TABLE shop_payment VALIDATE CONSTRAINT shop_payment_prepayment_fk",
                "ALTER TABLE shop_refund VALIDATE CONSTRAINT shop_refund_prepayment_fk",
            ],
            migrations.RunSQL.noop,
        ),
        index_prepayments("payment"),
        index_prepayments("refund"),
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(ONE_OPEN, "DROP INDEX shop_payment_one_open_per_prepayment")],
            state_operations=[
                migrations.AddConstraint(
                    model_name="payment",
                    constraint=models.UniqueConstraint(
                        condition=models.Q(("state", "failed"), _negated=True),
                        fields=("prepayment",),
                        name="shop_payment_one_open_per_prepayment",
                    ),
                )
            ],
        ),
    ]
