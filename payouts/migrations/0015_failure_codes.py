"""Add what payees are told about failed payouts, what banks said about the shop's account, and the prefix of banks' keys."""

from django.db import migrations, models

READ_FAILURES = """
    UPDATE payouts_payout payout
    SET failure_code = CASE
        WHEN decided_by_id IS NOT NULL THEN 'not_sent'
        WHEN NOT EXISTS (SELECT FROM payouts_posting posting WHERE posting.payout_id = payout.id) THEN 'balance'
        ELSE 'refused' END
    WHERE state = 'failed'
"""


class Migration(migrations.Migration):
    dependencies = [("payouts", "0014_column_names")]

    operations = [
        migrations.AddField(
            model_name="payout",
            name="failure_code",
            field=models.CharField(
                blank=True,
                choices=[
                    ("account", "The bank can't pay to this account."),
                    ("amount", "This amount can't be paid in this currency."),
                    (
                        "balance",
                        "The balance fell below the planned amount, for example because of a return or a disputed order.",
                    ),
                    ("refused", "The bank did not make this payment."),
                    ("not_sent", "The money was not sent."),
                ],
                db_default="",
                default="",
                max_length=10,
                verbose_name="reason for the failure",
            ),
        ),
        migrations.AlterField(
            model_name="payout",
            name="failure_text",
            field=models.CharField(
                blank=True,
                help_text="Of a failed payout. Payees don't read it.",
                max_length=300,
                verbose_name="what the bank said",
            ),
        ),
        migrations.AddField(
            model_name="payout",
            name="refused_text",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="What the bank said about the shop's own account. The payout is sent again.",
                max_length=300,
                verbose_name="refused because of the shop's account",
            ),
        ),
        migrations.AddField(
            model_name="payout",
            name="refused_count",
            field=models.PositiveSmallIntegerField(
                db_default=0,
                default=0,
                help_text="How often it was refused because of the shop's own account.",
            ),
        ),
        migrations.AddField(
            model_name="payout",
            name="bank_prefix",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="The installation id in front of its key at the bank. Empty before its bank order is made.",
                max_length=12,
            ),
        ),
        migrations.RunSQL(READ_FAILURES, migrations.RunSQL.noop),
    ]
