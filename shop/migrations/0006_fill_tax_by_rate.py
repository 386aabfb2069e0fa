"""Divide the tax of existing orders among their lines and shipping, and copy TAX_RATES_BPS to the tax rates.

The rates of existing orders were not recorded, so they stay empty. Their totals do not change.
"""

from typing import Any

from django.conf import settings
from django.db import migrations
from django.utils import timezone

LINES = """
    UPDATE shop_orderline line SET tax_minor = share.upto - share.before
    FROM (
        SELECT part.id, div(part.tax_minor * part.upto, part.taxed) AS upto,
            div(part.tax_minor * (part.upto - part.amount_minor), part.taxed) AS before
        FROM (
            SELECT piece.id, piece.amount_minor, placed.tax_minor,
                (placed.goods_minor + placed.shipping_minor)::numeric AS taxed,
                sum(piece.amount_minor) OVER (PARTITION BY piece.order_id ORDER BY piece.id) AS upto
            FROM shop_orderline piece JOIN shop_order placed ON placed.id = piece.order_id
            WHERE placed.tax_minor > 0
        ) part
    ) share
    WHERE share.id = line.id
"""
ORDERS = """
    UPDATE shop_order placed SET
        shipping_tax_minor = placed.tax_minor - goods.tax_minor,
        taxes = jsonb_build_array(jsonb_build_object(
            'rate_bps', NULL, 'net_minor', placed.goods_minor + placed.shipping_minor, 'tax_minor', placed.tax_minor
        ))
    FROM (SELECT order_id, sum(tax_minor) AS tax_minor FROM shop_orderline GROUP BY order_id) goods
    WHERE goods.order_id = placed.id AND placed.tax_minor > 0
"""
REFUNDS = """
    UPDATE shop_refund SET taxes = jsonb_build_array(jsonb_build_object('rate_bps', NULL, 'tax_minor', tax_minor))
    WHERE tax_minor > 0
"""


def copy_rates(apps: Any, schema_editor: Any) -> None:
    """Create a rate for each country in TAX_RATES_BPS, valid from today on."""
    tax_rates = apps.get_model("shop", "TaxRate").objects.using(schema_editor.connection.alias)
    today = timezone.localdate()
    for country_code, rate_bps in settings.TAX_RATES_BPS.items():
        tax_rates.create(country_code=country_code, rate_bps=rate_bps, valid_from=today)


class Migration(migrations.Migration):
    dependencies = [("shop", "0005_tax_by_rate")]

    operations = [
        migrations.RunSQL([LINES, ORDERS, REFUNDS], migrations.RunSQL.noop),
        migrations.RunPython(copy_rates, migrations.RunPython.noop),
    ]
