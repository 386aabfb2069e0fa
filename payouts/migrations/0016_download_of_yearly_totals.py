from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("payouts", "0015_failure_codes")]

    operations = [
        migrations.AlterModelOptions(
            name="payoutaccount",
            options={
                "permissions": [
                    ("approve_payoutaccount", "Can approve payout accounts"),
                    ("download_yearlytotals", "Can download yearly totals with tax IDs in full"),
                ],
                "verbose_name": "payout account",
                "verbose_name_plural": "payout accounts",
            },
        ),
    ]
