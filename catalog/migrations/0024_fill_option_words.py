"""The options of existing products, some at a time, and the index of them. Orders never wait for more than one part."""

from typing import Any

import django.contrib.postgres.indexes
import django.db.models.functions.text
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations

PART = 1_000


def fill(_apps: Any, editor: Any) -> None:
    last = 0
    with editor.connection.cursor() as cursor:
        while True:
            cursor.execute(
                "SELECT array_agg(id ORDER BY id) FROM (SELECT DISTINCT product_id AS id FROM catalog_variant"
                " WHERE product_id > %s AND option_values <> '{}' ORDER BY id LIMIT %s) part",
                [last, PART],
            )
            (ids,) = cursor.fetchone()
            if not ids:
                return
            cursor.execute("SELECT catalog_list_options(%s)", [ids])
            last = ids[-1]


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("catalog", "0023_option_words")]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
        AddIndexConcurrently(
            model_name="product",
            index=django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.indexes.OpClass(
                    django.db.models.functions.text.Upper("option_words"), name="gin_trgm_ops"
                ),
                name="catalog_product_by_option",
            ),
        ),
    ]
