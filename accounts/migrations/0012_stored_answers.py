from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0011_installation"),
    ]

    operations = [
        migrations.AlterField(
            model_name="idempotencykey",
            name="result",
            field=models.TextField(blank=True),
        ),
    ]
