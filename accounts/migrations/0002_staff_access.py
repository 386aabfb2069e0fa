from django.db import migrations, models
from django.db.models.functions import Lower


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="user",
            name="session_epoch",
            field=models.PositiveIntegerField(
                default=0, editable=False, help_text="Sessions that began under another number have ended."
            ),
        ),
        migrations.AlterModelOptions(
            name="user",
            options={
                "permissions": [("assign_role", "Can give and take roles")],
                "verbose_name": "user",
                "verbose_name_plural": "users",
            },
        ),
        migrations.AlterConstraint(
            model_name="user",
            name="accounts_user_email_unique",
            constraint=models.UniqueConstraint(
                Lower("email"),
                name="accounts_user_email_unique",
                violation_error_message="A user with this email address already exists.",
            ),
        ),
    ]
