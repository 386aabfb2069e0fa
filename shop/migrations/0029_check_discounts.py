"""Check all order lines against the rules for discounts, and index those that a code attributes, while the shop goes on."""

from django.contrib.postgres.operations import AddIndexConcurrently, ValidateConstraint
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("shop", "0028_discounts")]

    operations = [
        ValidateConstraint(model_name="orderline", name="shop_line_price_adds_up"),
        ValidateConstraint(model_name="orderline", name="shop_line_attributed_once"),
        AddIndexConcurrently(
            model_name="orderline",
            index=models.Index(
                condition=models.Q(("discount_code__isnull", False)),
                fields=["discount_code"],
                name="shop_line_of_discount_code",
            ),
        ),
    ]
