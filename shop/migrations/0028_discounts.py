"""Discount codes, and what they took off orders and lines. Lines are checked against the new rules by 0029."""

import catalog.amounts
import django.contrib.postgres.indexes
import django.core.validators
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.text
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0011_seller_vat_number"),
        ("creators", "0012_column_names"),
        ("shop", "0027_invoices"),
        ("videos", "0015_long_product_names"),
    ]

    operations = [
        migrations.CreateModel(
            name="DiscountCode",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "code",
                    models.CharField(
                        help_text="Shoppers may type it in any case and with spaces, such as summer 10.",
                        max_length=32,
                        verbose_name="code",
                    ),
                ),
                (
                    "percent_bps",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="In percent of the price. Either this or an amount.",
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(10000),
                        ],
                        verbose_name="discount in percent",
                    ),
                ),
                (
                    "amount_minor",
                    models.PositiveIntegerField(
                        blank=True,
                        null=True,
                        validators=[django.core.validators.MinValueValidator(1)],
                        verbose_name="amount of the discount",
                    ),
                ),
                (
                    "currency",
                    models.CharField(
                        help_text="Of amounts.",
                        max_length=3,
                        validators=[catalog.amounts.validate_currency],
                        verbose_name="currency",
                    ),
                ),
                (
                    "min_order_minor",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="What the goods must cost before the discount.",
                        null=True,
                        verbose_name="minimum order value",
                    ),
                ),
                ("valid_from", models.DateTimeField(verbose_name="valid from")),
                ("valid_until", models.DateTimeField(blank=True, null=True, verbose_name="valid until")),
                (
                    "uses_limit",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="How many orders can use it. Empty for any number.",
                        null=True,
                        verbose_name="limit in all",
                    ),
                ),
                (
                    "uses_per_person",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="By account and by email address. Empty for any number.",
                        null=True,
                        validators=[django.core.validators.MinValueValidator(1)],
                        verbose_name="limit per person",
                    ),
                ),
                ("is_active", models.BooleanField(default=True, verbose_name="active")),
                ("uses_count", models.PositiveIntegerField(default=0, editable=False, verbose_name="uses")),
            ],
            options={
                "verbose_name": "discount code",
                "verbose_name_plural": "discount codes",
            },
        ),
        migrations.CreateModel(
            name="DiscountUse",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("email", models.CharField(editable=False, max_length=320)),
                ("used_at", models.DateTimeField(verbose_name="used at")),
                ("given_back_at", models.DateTimeField(blank=True, null=True, verbose_name="given back at")),
            ],
            options={
                "verbose_name": "use of a discount code",
                "verbose_name_plural": "uses of discount codes",
            },
        ),
        migrations.RemoveConstraint(
            model_name="orderline",
            name="shop_line_amount_adds_up",
        ),
        migrations.RemoveConstraint(
            model_name="orderline",
            name="shop_line_attributed_wholly",
        ),
        migrations.AddField(
            model_name="bag",
            name="discount_code",
            field=models.CharField(blank=True, db_default="", default="", max_length=32),
        ),
        migrations.AddField(
            model_name="order",
            name="discount_minor",
            field=models.PositiveBigIntegerField(db_default=0, default=0, verbose_name="discount"),
        ),
        migrations.AddField(
            model_name="order",
            name="discount_name",
            field=models.CharField(blank=True, db_default="", default="", max_length=32, verbose_name="discount code"),
        ),
        migrations.AddField(
            model_name="orderline",
            name="discount_minor",
            field=models.PositiveBigIntegerField(db_default=0, default=0, verbose_name="discount"),
        ),
        migrations.AlterField(
            model_name="order",
            name="goods_minor",
            field=models.PositiveBigIntegerField(help_text="After the discount.", verbose_name="goods"),
        ),
        migrations.AlterField(
            model_name="orderline",
            name="amount_minor",
            field=models.PositiveBigIntegerField(help_text="After the discount."),
        ),
        migrations.AddField(
            model_name="discountcode",
            name="categories",
            field=models.ManyToManyField(
                blank=True, related_name="+", to="catalog.category", verbose_name="categories"
            ),
        ),
        migrations.AddField(
            model_name="discountcode",
            name="creator",
            field=models.ForeignKey(
                blank=True,
                help_text="Earns the commission on what is bought with the code.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="discount_codes",
                to="creators.creator",
                verbose_name="creator",
            ),
        ),
        migrations.AddField(
            model_name="discountcode",
            name="products",
            field=models.ManyToManyField(blank=True, related_name="+", to="catalog.product", verbose_name="products"),
        ),
        migrations.AddField(
            model_name="orderline",
            name="discount_code",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                help_text="The creator's code by which the purchase is attributed, instead of a click.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="attributed_lines",
                to="shop.discountcode",
                verbose_name="discount code",
            ),
        ),
        AddConstraintNotValid(
            model_name="orderline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "amount_minor",
                        django.db.models.expressions.CombinedExpression(
                            django.db.models.expressions.CombinedExpression(
                                models.F("quantity"), "*", models.F("unit_price_minor")
                            ),
                            "-",
                            models.F("discount_minor"),
                        ),
                    )
                ),
                name="shop_line_price_adds_up",
            ),
        ),
        AddConstraintNotValid(
            model_name="orderline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("click", None),
                        ("clip", None),
                        ("commission_minor", 0),
                        ("creator", None),
                        ("discount_code", None),
                    ),
                    models.Q(
                        ("click__isnull", False),
                        ("clip__isnull", False),
                        ("creator__isnull", False),
                        ("discount_code", None),
                    ),
                    models.Q(
                        ("click", None), ("clip", None), ("creator__isnull", False), ("discount_code__isnull", False)
                    ),
                    _connector="OR",
                ),
                name="shop_line_attributed_once",
            ),
        ),
        migrations.AddField(
            model_name="discountuse",
            name="code",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="uses",
                to="shop.discountcode",
                verbose_name="code",
            ),
        ),
        migrations.AddField(
            model_name="discountuse",
            name="order",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="discount_use",
                to="shop.order",
                verbose_name="order",
            ),
        ),
        migrations.AddIndex(
            model_name="discountcode",
            index=django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.indexes.OpClass(
                    django.db.models.functions.text.Upper("code"), name="gin_trgm_ops"
                ),
                name="shop_discount_search",
            ),
        ),
        migrations.AddConstraint(
            model_name="discountcode",
            constraint=models.UniqueConstraint(
                django.db.models.functions.text.Upper("code"),
                name="shop_discount_code_once",
                violation_error_message="There is a discount code with these letters.",
            ),
        ),
        migrations.AddConstraint(
            model_name="discountcode",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("amount_minor", None), ("percent_bps__isnull", False), ("percent_bps__range", (1, 10000))
                    ),
                    models.Q(("amount_minor__gte", 1), ("amount_minor__isnull", False), ("percent_bps", None)),
                    _connector="OR",
                ),
                name="shop_discount_percent_or_amount",
                violation_error_message="Enter a discount in percent or an amount, and not both.",
            ),
        ),
        migrations.AddConstraint(
            model_name="discountcode",
            constraint=models.CheckConstraint(
                condition=models.Q(("uses_limit", None), ("uses_count__lte", models.F("uses_limit")), _connector="OR"),
                name="shop_discount_uses_within_limit",
            ),
        ),
        migrations.AddConstraint(
            model_name="discountcode",
            constraint=models.CheckConstraint(
                condition=models.Q(("valid_until", None), ("valid_until__gt", models.F("valid_from")), _connector="OR"),
                name="shop_discount_ends_after_start",
                violation_error_message="The code would end before it begins.",
            ),
        ),
        migrations.AddIndex(
            model_name="discountuse",
            index=models.Index(fields=["code", "email"], name="shop_discount_use_of_email"),
        ),
    ]
