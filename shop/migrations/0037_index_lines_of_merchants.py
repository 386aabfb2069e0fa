"""Check the merchants of all lines and parcels, and index those of others than the house, while the shop goes on."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

from catalog.migrations._merchant_keys import validate_merchant_key


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("shop", "0036_merchants")]

    operations = [
        migrations.RunSQL(validate_merchant_key("shop_orderline"), migrations.RunSQL.noop),
        migrations.RunSQL(validate_merchant_key("shop_parcel"), migrations.RunSQL.noop),
        AddIndexConcurrently(
            model_name="orderline",
            index=models.Index(
                condition=models.Q(("merchant", 1), _negated=True),
                fields=["merchant", "-order"],
                name="shop_line_of_merchant",
            ),
        ),
        AddIndexConcurrently(
            model_name="parcel",
            index=models.Index(
                condition=models.Q(("merchant", 1), _negated=True),
                fields=["merchant", "packed_at"],
                name="shop_parcel_of_merchant",
            ),
        ),
    ]
