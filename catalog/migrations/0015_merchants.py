"""Merchants, and the first of them: the house, to which all products so far belong."""

import accounts.pasted_text
import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from catalog.migrations._merchant_keys import add_merchant_key, drop_merchant_key

CREATE_HOUSE = """
INSERT INTO catalog_merchant
    (id, slug, name, state, legal_name, address, country, email, phone, vat_number, about, fee_bps, applied_at, approved_at,
     decision_reason)
VALUES (1, 'house', 'House', 'approved', '', '', '', '', '', '', '', 0, now(), now(), '');
SELECT setval(pg_get_serial_sequence('catalog_merchant', 'id'), 1);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0014_sourced_pictures"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="MerchantMember",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "role",
                    models.CharField(
                        choices=[("owner", "Owner"), ("manager", "Products and orders"), ("packer", "Packing only")],
                        max_length=8,
                        verbose_name="role",
                    ),
                ),
                ("joined_at", models.DateTimeField(auto_now_add=True, verbose_name="joined at")),
            ],
            options={
                "verbose_name": "merchant's member",
                "verbose_name_plural": "merchants' members",
            },
        ),
        migrations.CreateModel(
            name="Merchant",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("slug", models.SlugField(max_length=60, unique=True, verbose_name="slug")),
                (
                    "name",
                    models.CharField(
                        max_length=80, validators=[accounts.pasted_text.validate_visible], verbose_name="name"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("applied", "Applied"),
                            ("approved", "Approved"),
                            ("refused", "Declined"),
                            ("suspended", "Suspended"),
                        ],
                        default="applied",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("legal_name", models.CharField(blank=True, default="", max_length=120, verbose_name="company")),
                (
                    "address",
                    models.TextField(
                        blank=True,
                        default="",
                        help_text="Shown on its page and on invoices.",
                        max_length=500,
                        verbose_name="address",
                    ),
                ),
                ("country", models.CharField(blank=True, default="", max_length=2, verbose_name="country")),
                ("email", models.EmailField(blank=True, default="", max_length=254, verbose_name="email address")),
                ("phone", models.CharField(blank=True, default="", max_length=20, verbose_name="phone")),
                ("vat_number", models.CharField(blank=True, default="", max_length=32, verbose_name="VAT number")),
                ("about", models.TextField(blank=True, default="", max_length=2000, verbose_name="about")),
                (
                    "fee_bps",
                    models.PositiveIntegerField(
                        default=0,
                        help_text="What the house keeps of each sale, in percent of the price without tax.",
                        validators=[django.core.validators.MaxValueValidator(10000)],
                        verbose_name="fee",
                    ),
                ),
                ("applied_at", models.DateTimeField(auto_now_add=True, verbose_name="applied at")),
                ("approved_at", models.DateTimeField(blank=True, null=True, verbose_name="approved at")),
                (
                    "decision_reason",
                    models.CharField(
                        blank=True,
                        default="",
                        help_text="Why it was declined or suspended.",
                        max_length=500,
                        verbose_name="reason",
                    ),
                ),
            ],
            options={
                "verbose_name": "merchant",
                "verbose_name_plural": "merchants",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("fee_bps__lte", 10000)), name="catalog_merchant_fee_at_most_all"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("pk", 1), _negated=True),
                            models.Q(("fee_bps", 0), ("state", "approved")),
                            _connector="OR",
                        ),
                        name="catalog_merchant_house_sells_free",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="merchantmember",
            name="merchant",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="members",
                to="catalog.merchant",
                verbose_name="merchant",
            ),
        ),
        migrations.AddField(
            model_name="merchantmember",
            name="user",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="merchant_roles",
                to=settings.AUTH_USER_MODEL,
                verbose_name="user",
            ),
        ),
        migrations.AddConstraint(
            model_name="merchantmember",
            constraint=models.UniqueConstraint(fields=("merchant", "user"), name="catalog_merchant_member_once"),
        ),
        migrations.RunSQL(CREATE_HOUSE, migrations.RunSQL.noop),
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(add_merchant_key("catalog_product"), drop_merchant_key("catalog_product"))
            ],
            state_operations=[
                migrations.AddField(
                    model_name="product",
                    name="merchant",
                    field=models.ForeignKey(
                        db_default=1,
                        db_index=False,
                        default=1,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="products",
                        to="catalog.merchant",
                        verbose_name="merchant",
                    ),
                ),
            ],
        ),
    ]
