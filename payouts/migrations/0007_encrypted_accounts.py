import django.db.models.deletion
import payouts.models.encrypted
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("payouts", "0006_ledger_account_names"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="payout",
            name="account_version",
            field=models.PositiveIntegerField(
                default=0, help_text="Which version of the payee's account was planned, and then sent."
            ),
        ),
        migrations.AddField(
            model_name="payout",
            name="bank_code",
            field=models.CharField(blank=True, max_length=20, verbose_name="bank code"),
        ),
        migrations.AddField(
            model_name="payout",
            name="country_code",
            field=models.CharField(blank=True, max_length=2, verbose_name="country"),
        ),
        migrations.AddField(
            model_name="payout",
            name="decided_by",
            field=models.ForeignKey(
                blank=True,
                help_text="Who dropped it, or found out what became of it.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="decided by",
            ),
        ),
        migrations.AddField(
            model_name="payout",
            name="decision_reason",
            field=models.CharField(blank=True, max_length=300, verbose_name="reason for the decision"),
        ),
        migrations.AddField(
            model_name="payout",
            name="unclear_text",
            field=models.CharField(
                blank=True,
                help_text="Why a person must find out whether the money was sent.",
                max_length=300,
                verbose_name="unclear",
            ),
        ),
        migrations.AddField(
            model_name="payoutaccount",
            name="bank_code",
            field=models.CharField(
                blank=True,
                help_text="Not needed with an IBAN. Otherwise the routing number, sort code or BIC.",
                max_length=20,
                verbose_name="bank code",
            ),
        ),
        migrations.AddField(
            model_name="payoutaccount",
            name="country_code",
            field=models.CharField(
                blank=True,
                help_text="Where you pay tax. By default the account's country.",
                max_length=2,
                verbose_name="country",
            ),
        ),
        migrations.AddField(
            model_name="payoutaccount",
            name="version",
            field=models.PositiveIntegerField(default=1, editable=False),
        ),
        migrations.AlterField(
            model_name="payout",
            name="number",
            field=payouts.models.encrypted.EncryptedTextField(verbose_name="account"),
        ),
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
                    ("dropped", "Dropped"),
                ],
                default="planned",
                max_length=10,
                verbose_name="state",
            ),
        ),
        migrations.AlterField(
            model_name="payoutaccount",
            name="number",
            field=payouts.models.encrypted.EncryptedTextField(
                help_text="IBAN, or the account number.", max_length=60, verbose_name="account"
            ),
        ),
        migrations.AlterField(
            model_name="payoutaccount",
            name="tax_id",
            field=payouts.models.encrypted.EncryptedTextField(blank=True, max_length=40, verbose_name="tax ID"),
        ),
    ]
