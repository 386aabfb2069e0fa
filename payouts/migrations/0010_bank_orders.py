"""Add the number of the bank order to payouts. What waits for a bank's answer may have been downloaded: order 1."""

from django.db import migrations, models

MARK_DOWNLOADED = """
    UPDATE payouts_payout SET bank_order = 1
    FROM payouts_batch batch
    WHERE batch.id = payouts_payout.batch_id AND batch.provider = 'csv' AND payouts_payout.state IN ('sending', 'unknown')
"""


class Migration(migrations.Migration):
    dependencies = [("payouts", "0009_statement_lines")]

    operations = [
        migrations.AddField(
            model_name="payout",
            name="bank_order",
            field=models.PositiveSmallIntegerField(
                db_default=0,
                default=0,
                help_text="Which file of the batch it went to the bank in. 0 means none yet.",
                verbose_name="bank order",
            ),
        ),
        migrations.RunSQL(MARK_DOWNLOADED, migrations.RunSQL.noop),
    ]
