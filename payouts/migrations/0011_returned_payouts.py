"""Add the state of a payout that the bank returned after it was paid, and the kind of its posting."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("payouts", "0010_bank_orders")]

    operations = [
        migrations.AlterField(
            model_name="payout",
            name="state",
            field=models.CharField(
                choices=[
                    ("planned", "Planned"),
                    ("sending", "Sending"),
                    ("paid", "Paid"),
                    ("failed", "Failed"),
                    ("unknown", "No answer yet"),
                    ("reconciled", "Paid (confirmed by look-up)"),
                    ("returned", "Returned by the bank"),
                    ("dropped", "Dropped"),
                ],
                default="planned",
                max_length=10,
                verbose_name="state",
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
                    ("payout", "Payout"),
                    ("payout_paid", "Payout completed"),
                    ("payout_failed", "Payout failed"),
                    ("payout_return", "Payout returned by the bank"),
                ],
                max_length=14,
                verbose_name="kind",
            ),
        ),
    ]
