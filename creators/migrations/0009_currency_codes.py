import catalog.amounts
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("creators", "0008_search_slots"),
    ]

    operations = [
        migrations.AlterField(
            model_name="terms",
            name="currency",
            field=models.CharField(
                max_length=3, validators=[catalog.amounts.validate_currency], verbose_name="currency"
            ),
        ),
    ]
