import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """The columns `category_id`, without its constraint, and `is_active` stay for processes of the older version.

    A later release drops them.
    """

    dependencies = [
        ("videos", "0005_wording_rules_of_several_categories"),
    ]

    operations = [
        migrations.AlterField(
            model_name="wordingrule",
            name="category",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="wording_rules",
                to="catalog.category",
            ),
        ),
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.RemoveField(model_name="wordingrule", name="category"),
                migrations.RemoveField(model_name="wordingrule", name="is_active"),
                migrations.RenameField(model_name="wordingrule", old_name="is_enabled", new_name="is_active"),
                migrations.AlterField(
                    model_name="wordingrule",
                    name="is_active",
                    field=models.BooleanField(
                        db_column="is_enabled", db_default=False, default=True, verbose_name="active"
                    ),
                ),
            ]
        ),
    ]
