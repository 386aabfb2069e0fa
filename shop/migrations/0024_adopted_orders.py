"""When an order that was placed as a guest came into an account by its email address alone."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0023_index_unbooked_lines")]

    operations = [
        migrations.AddField(
            model_name="order",
            name="adopted_at",
            field=models.DateTimeField(
                blank=True,
                editable=False,
                help_text="When it came into the account because a guest had typed the account's email address.",
                null=True,
            ),
        ),
    ]
