"""Index the postings of merchants, and check that each payout has one payee, while the shop goes on."""

from django.contrib.postgres.operations import AddIndexConcurrently, ValidateConstraint
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("payouts", "0018_merchants_as_payees")]

    operations = [
        ValidateConstraint(model_name="payout", name="payouts_payout_of_one_payee"),
        AddIndexConcurrently(
            model_name="posting",
            index=models.Index(
                condition=models.Q(("merchant__isnull", False)),
                fields=["merchant", "-occurred_at"],
                name="payouts_posting_of_merchant",
            ),
        ),
        AddIndexConcurrently(
            model_name="posting",
            index=models.Index(
                condition=models.Q(("refund_share__isnull", False)),
                fields=["refund_share"],
                name="payouts_posting_of_share",
            ),
        ),
    ]
