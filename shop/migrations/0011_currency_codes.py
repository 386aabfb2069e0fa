import catalog.amounts
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("shop", "0010_provider_matching"),
    ]

    operations = [
        migrations.AlterField(
            model_name="order",
            name="currency",
            field=models.CharField(max_length=3, validators=[catalog.amounts.validate_currency]),
        ),
    ]
