"""Each merchant has each SKU once, and each name of a source once. Indexes are built while the shop goes on."""

from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations, models

from catalog.migrations._merchant_keys import validate_merchant_key

EACH = "CREATE UNIQUE INDEX CONCURRENTLY catalog_variant_sku_once_each ON catalog_variant (sku_key, merchant_id) WHERE sku_key <> ''"
ALL = "CREATE UNIQUE INDEX CONCURRENTLY catalog_variant_sku_once ON catalog_variant (sku_key) WHERE sku_key <> ''"
HAS_SKU = models.Q(("sku_key", ""), _negated=True)


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("catalog", "0018_listings")]

    operations = [
        ValidateConstraint(model_name="product", name="catalog_product_reviewed_before_sale"),
        ValidateConstraint(model_name="variant", name="catalog_variant_reviewed_before_sale"),
        migrations.RunSQL(validate_merchant_key("catalog_variant"), migrations.RunSQL.noop),
        migrations.RunSQL(validate_merchant_key("catalog_cataloguesource"), migrations.RunSQL.noop),
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(EACH, "DROP INDEX CONCURRENTLY IF EXISTS catalog_variant_sku_once_each"),
                migrations.RunSQL("DROP INDEX CONCURRENTLY IF EXISTS catalog_variant_sku_once", ALL),
            ],
            state_operations=[
                migrations.AddConstraint(
                    model_name="variant",
                    constraint=models.UniqueConstraint(
                        condition=HAS_SKU, fields=("sku_key", "merchant"), name="catalog_variant_sku_once_each"
                    ),
                ),
                migrations.RemoveConstraint(model_name="variant", name="catalog_variant_sku_once"),
            ],
        ),
        migrations.AddConstraint(
            model_name="cataloguesource",
            constraint=models.UniqueConstraint(fields=("merchant", "name"), name="catalog_source_name_once_each"),
        ),
        migrations.AlterField(
            model_name="cataloguesource",
            name="name",
            field=models.CharField(max_length=80, verbose_name="name"),
        ),
    ]
