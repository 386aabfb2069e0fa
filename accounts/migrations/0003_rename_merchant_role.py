from typing import Any

from django.db import migrations

OLD, NEW = "Merchant", "Catalogue manager"


def rename_role(apps: Any, old: str, new: str) -> None:
    """Rename a group. If both exist, move the members to the new one and delete the old one."""
    group_model = apps.get_model("auth", "Group")
    group = group_model.objects.filter(name=old).first()
    if group is None:
        return
    target = group_model.objects.filter(name=new).first()
    if target is None:
        group_model.objects.filter(pk=group.pk).update(name=new)
        return
    target.user_set.add(*group.user_set.all())
    group.delete()


def forward(apps: Any, schema_editor: Any) -> None:
    rename_role(apps, OLD, NEW)


def back(apps: Any, schema_editor: Any) -> None:
    rename_role(apps, NEW, OLD)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_staff_access"), ("auth", "0012_alter_user_first_name_max_length")]

    operations = [migrations.RunPython(forward, back)]
