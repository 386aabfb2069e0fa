import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("shop", "0006_fill_tax_by_rate"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="BillingAddress",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=100, verbose_name="full name")),
                (
                    "company",
                    models.CharField(blank=True, db_default="", default="", max_length=100, verbose_name="company"),
                ),
                ("street", models.CharField(max_length=120, verbose_name="street and number")),
                ("extra", models.CharField(blank=True, max_length=120, verbose_name="apartment, suite or floor")),
                (
                    "district",
                    models.CharField(blank=True, db_default="", default="", max_length=80, verbose_name="district"),
                ),
                ("city", models.CharField(blank=True, max_length=80, verbose_name="city")),
                ("region", models.CharField(blank=True, max_length=80, verbose_name="state or region")),
                ("postal_code", models.CharField(blank=True, max_length=16, verbose_name="postal code")),
                (
                    "country_code",
                    models.CharField(
                        default="US",
                        max_length=2,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[A-Z]{2}$", "Enter a two-letter country code, such as US."
                            )
                        ],
                        verbose_name="country",
                    ),
                ),
                (
                    "phone",
                    models.CharField(blank=True, db_default="", default="", max_length=16, verbose_name="phone number"),
                ),
            ],
            options={
                "verbose_name": "billing address",
                "verbose_name_plural": "billing addresses",
            },
        ),
        migrations.AddField(
            model_name="address",
            name="company",
            field=models.CharField(blank=True, db_default="", default="", max_length=100, verbose_name="company"),
        ),
        migrations.AddField(
            model_name="address",
            name="district",
            field=models.CharField(blank=True, db_default="", default="", max_length=80, verbose_name="district"),
        ),
        migrations.AddField(
            model_name="address",
            name="is_default",
            field=models.BooleanField(db_default=False, default=False, verbose_name="default"),
        ),
        migrations.AddField(
            model_name="address",
            name="label",
            field=models.CharField(
                blank=True, db_default="", default="", max_length=40, verbose_name="name of this address"
            ),
        ),
        migrations.AddField(
            model_name="address",
            name="phone",
            field=models.CharField(blank=True, db_default="", default="", max_length=16, verbose_name="phone number"),
        ),
        migrations.AddField(
            model_name="bagline",
            name="merged_quantity",
            field=models.PositiveSmallIntegerField(
                editable=False, help_text="How many two merged bags had together, if fewer can be bought.", null=True
            ),
        ),
        migrations.AddField(
            model_name="order",
            name="company",
            field=models.CharField(blank=True, db_default="", default="", max_length=100, verbose_name="company"),
        ),
        migrations.AddField(
            model_name="order",
            name="district",
            field=models.CharField(blank=True, db_default="", default="", max_length=80, verbose_name="district"),
        ),
        migrations.AddField(
            model_name="order",
            name="link_version",
            field=models.PositiveIntegerField(
                db_default=1,
                default=1,
                editable=False,
                help_text="Earlier versions of the link in its emails are invalid.",
            ),
        ),
        migrations.AddField(
            model_name="order",
            name="phone",
            field=models.CharField(blank=True, db_default="", default="", max_length=16, verbose_name="phone number"),
        ),
        migrations.AlterField(
            model_name="address",
            name="city",
            field=models.CharField(blank=True, max_length=80, verbose_name="city"),
        ),
        migrations.AlterField(
            model_name="address",
            name="extra",
            field=models.CharField(blank=True, max_length=120, verbose_name="apartment, suite or floor"),
        ),
        migrations.AlterField(
            model_name="address",
            name="postal_code",
            field=models.CharField(blank=True, max_length=16, verbose_name="postal code"),
        ),
        migrations.AlterField(
            model_name="address",
            name="user",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="addresses", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AlterField(
            model_name="order",
            name="city",
            field=models.CharField(blank=True, max_length=80, verbose_name="city"),
        ),
        migrations.AlterField(
            model_name="order",
            name="extra",
            field=models.CharField(blank=True, max_length=120, verbose_name="apartment, suite or floor"),
        ),
        migrations.AlterField(
            model_name="order",
            name="postal_code",
            field=models.CharField(blank=True, max_length=16, verbose_name="postal code"),
        ),
        migrations.AddConstraint(
            model_name="address",
            constraint=models.UniqueConstraint(
                condition=models.Q(("is_default", True)), fields=("user",), name="shop_address_one_default_per_user"
            ),
        ),
        migrations.AddField(
            model_name="billingaddress",
            name="order",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="billing_address", to="shop.order"
            ),
        ),
    ]
