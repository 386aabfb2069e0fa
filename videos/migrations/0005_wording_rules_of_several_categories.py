import django.contrib.postgres.fields
from django.apps.registry import Apps
from django.contrib.postgres.expressions import ArraySubquery
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def keep_rules(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Copy both columns in one statement. A second update of a row would keep the index from being created."""
    slugs = apps.get_model("catalog", "Category").objects.filter(pk=models.OuterRef("category")).values("slug")
    rules = apps.get_model("videos", "WordingRule").objects
    rules.update(is_enabled=models.F("is_active"), category_slugs=ArraySubquery(slugs))


def delete_shipped_rules(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Leave them to the older version, which has them in its code. Their codes are the same in all languages."""
    apps.get_model("videos", "WordingRule").objects.exclude(shipped_as=None).delete()


class Migration(migrations.Migration):
    """Rows for the shipped rules follow at the end of `migrate`: see videos.review.shipped_rules.

    Processes of the older version may go on meanwhile. They have these rules in their code and know one category of a
    row at most, so `is_active`, which they read, is false in new rows. The new version reads `is_enabled`.
    """

    dependencies = [
        ("catalog", "0001_initial"),
        ("videos", "0004_suspensions"),
    ]

    operations = [
        migrations.AddField(
            model_name="wordingrule",
            name="is_enabled",
            field=models.BooleanField(db_default=False, default=True, verbose_name="active"),
        ),
        migrations.AlterField(
            model_name="wordingrule",
            name="is_active",
            field=models.BooleanField(db_default=False, default=True, verbose_name="active"),
        ),
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
            field=models.CharField(blank=True, db_default="", default="", editable=False, max_length=64),
        ),
        migrations.AlterField(
            model_name="wordingrule",
            name="code",
            field=models.SlugField(verbose_name="code"),
        ),
        migrations.AddConstraint(
            model_name="wordingrule",
            constraint=models.UniqueConstraint(fields=("code", "language"), name="videos_rule_code_once_per_language"),
        ),
        migrations.RunPython(keep_rules, delete_shipped_rules),
    ]
