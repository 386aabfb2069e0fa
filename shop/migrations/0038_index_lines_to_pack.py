"""Index the lines of merchants with units to pack, while the shop goes on."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import F


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("shop", "0037_index_lines_of_merchants")]

    operations = [
        AddIndexConcurrently(
            model_name="orderline",
            index=models.Index(
                condition=models.Q(
                    ("packed_quantity__lt", F("quantity") - F("refunded_quantity") + F("returned_quantity")),
                    models.Q(("merchant", 1), _negated=True),
                ),
                fields=["merchant", "order"],
                name="shop_line_to_pack",
            ),
        ),
    ]
