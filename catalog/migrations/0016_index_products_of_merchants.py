"""Check the merchants of all products, and index them, while the shop goes on."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

from catalog.migrations._merchant_keys import validate_merchant_key


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("catalog", "0015_merchants")]

    operations = [
        migrations.RunSQL(validate_merchant_key("catalog_product"), migrations.RunSQL.noop),
        AddIndexConcurrently(
            model_name="product",
            index=models.Index(fields=["merchant", "name"], name="catalog_product_of_merchant"),
        ),
    ]
