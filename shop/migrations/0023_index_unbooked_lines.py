"""An index of lines whose commission is not booked, built while the shop goes on."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("shop", "0022_column_names")]

    operations = [
        AddIndexConcurrently(
            model_name="orderline",
            index=models.Index(
                condition=models.Q(("commission_booked_at", None), ("commission_minor__gt", 0)),
                fields=["creator", "payable_at"],
                name="shop_line_unbooked",
            ),
        ),
    ]
