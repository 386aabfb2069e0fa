"""An index of the totals by which staff search orders, built while the shop goes on."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("shop", "0024_adopted_orders")]

    operations = [
        AddIndexConcurrently(
            model_name="order",
            index=models.Index(fields=["total_minor"], name="shop_order_by_total"),
        ),
    ]
