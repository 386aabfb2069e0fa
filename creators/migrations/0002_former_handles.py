import django.db.models.deletion
from django.db import migrations, models
from django.db.models.functions import Lower


class Migration(migrations.Migration):
    dependencies = [("creators", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="FormerHandle",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("handle", models.CharField(max_length=30, unique=True, verbose_name="handle")),
                ("reserved_until", models.DateTimeField(verbose_name="reserved until")),
                (
                    "creator",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="former_handles",
                        to="creators.creator",
                    ),
                ),
            ],
            options={"verbose_name": "former handle", "verbose_name_plural": "former handles"},
        ),
        migrations.AlterConstraint(
            model_name="creator",
            name="creators_creator_handle_unique",
            constraint=models.UniqueConstraint(
                Lower("handle"),
                name="creators_creator_handle_unique",
                violation_error_message="This handle is taken. Choose another.",
            ),
        ),
    ]
