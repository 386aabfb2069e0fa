import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Create the tables of counts and of counted days."""

    initial = True

    dependencies = [
        ("catalog", "0025_seller_pages"),
        ("videos", "0019_comments_on_clips"),
    ]

    operations = [
        migrations.CreateModel(
            name="CountedDay",
            fields=[
                ("on", models.DateField(primary_key=True, serialize=False, verbose_name="day")),
                ("counted_at", models.DateTimeField(null=True, verbose_name="counted at")),
            ],
            options={
                "verbose_name": "counted day",
                "verbose_name_plural": "counted days",
            },
        ),
        migrations.CreateModel(
            name="AudienceCount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("on", models.DateField(verbose_name="day")),
                ("measure", models.PositiveSmallIntegerField(verbose_name="measure")),
                ("people", models.PositiveIntegerField(verbose_name="people")),
                (
                    "clip",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="videos.clip",
                        verbose_name="clip",
                    ),
                ),
            ],
            options={
                "verbose_name": "audience count",
                "verbose_name_plural": "audience counts",
                "indexes": [models.Index(fields=["-on", "-id"], name="programme_audience_newest")],
                "constraints": [
                    models.UniqueConstraint(fields=("clip", "on", "measure"), name="programme_audience_counted_once"),
                    models.CheckConstraint(
                        condition=models.Q(("people__gte", 5)), name="programme_audience_of_enough_people"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SalesCount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("on", models.DateField(verbose_name="day")),
                ("people", models.PositiveIntegerField(verbose_name="people")),
                ("orders", models.PositiveIntegerField(verbose_name="orders")),
                ("currency", models.CharField(max_length=3)),
                ("sold_minor", models.PositiveBigIntegerField(verbose_name="sold")),
                ("commission_minor", models.PositiveBigIntegerField(verbose_name="commission")),
                (
                    "clip",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="videos.clip",
                        verbose_name="clip",
                    ),
                ),
                (
                    "merchant",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="catalog.merchant",
                        verbose_name="merchant",
                    ),
                ),
            ],
            options={
                "verbose_name": "sales count",
                "verbose_name_plural": "sales counts",
                "indexes": [
                    models.Index(fields=["-on", "-id"], name="programme_sales_newest"),
                    models.Index(fields=["merchant", "on"], name="programme_sales_of_merchant"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("clip", "on", "merchant"), name="programme_sales_counted_once"),
                    models.CheckConstraint(
                        condition=models.Q(("people__gte", 5)), name="programme_sales_of_enough_people"
                    ),
                ],
            },
        ),
    ]
