"""When the shopper of an order last asked the shop about it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("shop", "0033_shipping_options"),
    ]

    operations = [
        migrations.AddField(
            model_name="order",
            name="asked_at",
            field=models.DateTimeField(
                blank=True, editable=False, help_text="When its shopper last asked the shop about it.", null=True
            ),
        ),
    ]
