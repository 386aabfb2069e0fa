import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """The column stays, without its constraint, for processes of the older version. A later release drops it."""

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
            state_operations=[migrations.RemoveField(model_name="wordingrule", name="category")]
        ),
    ]
