"""An index of the orders to pack, built while the shop goes on, and the check of rows that were there before."""

from django.contrib.postgres.operations import AddIndexConcurrently, ValidateConstraint
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("shop", "0030_parcels")]

    operations = [
        AddIndexConcurrently(
            model_name="order",
            index=models.Index(
                condition=models.Q(("packing_due_at__isnull", False)),
                fields=["packing_due_at"],
                name="shop_order_to_pack",
            ),
        ),
        ValidateConstraint(model_name="orderline", name="shop_line_packed_at_most_paid"),
    ]
