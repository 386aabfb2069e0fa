from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("payouts", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="LedgerCheck",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("started_at", models.DateTimeField(verbose_name="started at")),
                ("finished_at", models.DateTimeField(blank=True, null=True, verbose_name="finished at")),
                ("discrepancies", models.PositiveIntegerField(default=0, verbose_name="discrepancies")),
            ],
            options={
                "verbose_name": "ledger check",
                "verbose_name_plural": "ledger checks",
                "indexes": [models.Index(fields=["-finished_at"], name="payouts_check_newest")],
            },
        ),
    ]
