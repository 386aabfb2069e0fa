import django.contrib.postgres.fields
from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def keep_category(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    rules = apps.get_model("videos", "WordingRule").objects.exclude(category=None).select_related("category")
    for rule in rules:
        rule.category_slugs = [rule.category.slug]
        rule.save(update_fields=["category_slugs"])


class Migration(migrations.Migration):
    """Rows for the shipped rules follow at the end of `migrate`: see videos.review.shipped_rules."""

    dependencies = [
        ("catalog", "0001_initial"),
        ("videos", "0004_suspensions"),
    ]

    operations = [
        migrations.AddField(
            model_name="wordingrule",
            name="category_slugs",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.SlugField(),
                blank=True,
                db_default=[],
                default=list,
                help_text="Leave empty for all categories. A category includes its subcategories.",
                size=None,
                verbose_name="categories",
            ),
        ),
        migrations.AddField(
            model_name="wordingrule",
            name="shipped_as",
            field=models.CharField(blank=True, editable=False, max_length=60, null=True, unique=True),
        ),
        migrations.AddField(
            model_name="wordingrule",
            name="shipped_hash",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                editable=False,
                help_text="Of the shipped text from which the row was last made.",
                max_length=64,
            ),
        ),
        migrations.AlterField(
            model_name="wordingrule",
            name="code",
            field=models.SlugField(verbose_name="code"),
        ),
        migrations.AddConstraint(
            model_name="wordingrule",
            constraint=models.UniqueConstraint(
                fields=("code", "language"),
                name="videos_rule_code_once_per_language",
                violation_error_message="Another rule for this language has this code.",
            ),
        ),
        migrations.RunPython(keep_category, migrations.RunPython.noop),
    ]
