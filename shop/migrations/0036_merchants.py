"""Which merchant sells a line and sends a parcel: of the orders so far, the house."""

import django.db.models.deletion
from django.db import migrations, models

from catalog.migrations._merchant_keys import add_merchant_key, drop_merchant_key


class Migration(migrations.Migration):
    dependencies = [("catalog", "0015_merchants"), ("shop", "0035_mark_adopted_orders")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(add_merchant_key("shop_orderline"), drop_merchant_key("shop_orderline"))
            ],
            state_operations=[
                migrations.AddField(
                    model_name="orderline",
                    name="merchant",
                    field=models.ForeignKey(
                        db_default=1,
                        db_index=False,
                        default=1,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="order_lines",
                        to="catalog.merchant",
                        verbose_name="merchant",
                    ),
                ),
            ],
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(add_merchant_key("shop_parcel"), drop_merchant_key("shop_parcel"))],
            state_operations=[
                migrations.AddField(
                    model_name="parcel",
                    name="merchant",
                    field=models.ForeignKey(
                        db_default=1,
                        db_index=False,
                        default=1,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="parcels",
                        to="catalog.merchant",
                        verbose_name="merchant",
                    ),
                ),
            ],
        ),
    ]
