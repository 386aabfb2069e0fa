# ruff: noqa: S608  # The names of the tables are constants of this file.
"""Lines of bags and orders name a variant. The columns are filled while the shop goes on."""

from typing import Any

import django.db.models.deletion
from django.db import migrations, models

LINES = ("shop_bagline", "shop_orderline")
ROWS_AT_ONCE = 10_000

NAME_VARIANTS = "".join(
    f"""
    CREATE TRIGGER shop_variant_of_line BEFORE INSERT ON {table}
        FOR EACH ROW WHEN (NEW.variant_id IS NULL) EXECUTE FUNCTION catalog_name_first_variant();
    """
    for table in LINES
)
"""Lines that a process of the version before writes name a product only, which then has one variant."""
STOP_NAMING = "".join(f"DROP TRIGGER shop_variant_of_line ON {table};" for table in LINES)


def fill_variants(_apps: Any, schema_editor: Any) -> None:
    with schema_editor.connection.cursor() as cursor:
        for table in LINES:
            cursor.execute(f"SELECT coalesce(max(id), 0) FROM {table}")
            (last,) = cursor.fetchone()
            for first in range(0, last + 1, ROWS_AT_ONCE):
                cursor.execute(
                    f"""
                    UPDATE {table} line SET variant_id = variant.id FROM catalog_variant variant
                    WHERE variant.product_id = line.product_id AND line.variant_id IS NULL AND line.id >= %s AND line.id < %s
                    """,
                    [first, first + ROWS_AT_ONCE],
                )


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("catalog", "0010_first_variants"),
        ("shop", "0025_index_order_totals"),
        ("videos", "0015_long_product_names"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="bagline",
            name="shop_bag_line_once_per_product",
        ),
        migrations.AddField(
            model_name="bagline",
            name="variant",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="catalog.variant"
            ),
        ),
        migrations.AddField(
            model_name="orderline",
            name="options_text",
            field=models.CharField(blank=True, db_default="", default="", max_length=800, verbose_name="options"),
        ),
        migrations.AddField(
            model_name="orderline",
            name="variant",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="catalog.variant"
            ),
        ),
        migrations.AlterField(
            model_name="orderline",
            name="product_name",
            field=models.CharField(max_length=500, verbose_name="product"),
        ),
        migrations.AddConstraint(
            model_name="bagline",
            constraint=models.UniqueConstraint(fields=("bag", "variant"), name="shop_bag_line_once_per_variant"),
        ),
        migrations.RunSQL(NAME_VARIANTS, STOP_NAMING),
        migrations.RunPython(fill_variants, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="bagline",
            name="variant",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="catalog.variant"
            ),
        ),
        migrations.AlterField(
            model_name="orderline",
            name="variant",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="catalog.variant"
            ),
        ),
    ]
