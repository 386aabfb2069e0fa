"""Read invoices in the order in which they were issued."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("shop", "0042_messages"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="invoice",
            options={"ordering": ["pk"], "verbose_name": "invoice", "verbose_name_plural": "invoices and credit notes"},
        ),
    ]
