import catalog.amounts
import catalog.models.product
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("catalog", "0006_commission_without_tax")]

    operations = [
        migrations.AlterField(
            model_name="product",
            name="currency",
            field=models.CharField(
                default=catalog.models.product.default_currency,
                max_length=3,
                validators=[catalog.amounts.validate_currency],
                verbose_name="currency",
            ),
        ),
        migrations.RunSQL(
            "UPDATE catalog_product SET currency = upper(trim(currency)) WHERE currency !~ '^[A-Z]{3}$'",
            migrations.RunSQL.noop,
        ),
        # Older rows are not checked, so that one wrong product does not stop an upgrade.
        AddConstraintNotValid(
            model_name="product",
            constraint=models.CheckConstraint(
                condition=models.Q(currency__regex="^[A-Z]{3}$"), name="catalog_product_currency_is_code"
            ),
        ),
    ]
