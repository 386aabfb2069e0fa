import django.core.validators
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("catalog", "0025_seller_pages")]

    operations = [
        migrations.AddField(
            "merchant",
            "next_fee_bps",
            models.PositiveIntegerField(
                blank=True,
                null=True,
                validators=[django.core.validators.MaxValueValidator(10000)],
                verbose_name="next fee",
            ),
        ),
        migrations.AddField(
            "merchant", "next_fee_from", models.DateTimeField(blank=True, null=True, verbose_name="next fee from")
        ),
        migrations.AddConstraint(
            "merchant",
            models.CheckConstraint(
                condition=Q(next_fee_bps=None, next_fee_from=None)
                | Q(next_fee_bps__lte=10000, next_fee_from__isnull=False),
                name="catalog_merchant_next_fee_has_a_date",
            ),
        ),
    ]
