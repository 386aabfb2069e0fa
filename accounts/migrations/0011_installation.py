import secrets

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def make_installation(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    apps.get_model("accounts", "Installation").objects.create(code=secrets.token_hex(6))


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0010_proposal_basis"),
    ]

    operations = [
        migrations.CreateModel(
            name="Installation",
            fields=[
                ("id", models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("code", models.CharField(max_length=12)),
            ],
            options={
                "default_permissions": (),
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("id", 1)), name="accounts_installation_one_row")
                ],
            },
        ),
        migrations.RunPython(make_installation, migrations.RunPython.noop),
    ]
