from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_rename_merchant_role")]

    operations = [
        migrations.AddField(
            model_name="user",
            name="erased_at",
            field=models.DateTimeField(
                editable=False,
                help_text="When the account was deleted. The row stays if the books refer to it.",
                null=True,
            ),
        ),
    ]
