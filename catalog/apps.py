from typing import Any

from django.apps import AppConfig
from django.apps import apps as installed_apps
from django.apps.registry import Apps
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class CatalogConfig(AppConfig):
    name = "catalog"
    verbose_name = _("Catalog")

    def ready(self) -> None:
        post_migrate.connect(create_house_after_migrate, sender=self)


def create_house_after_migrate(apps: Apps = installed_apps, **kwargs: Any) -> None:
    """Create the house anew where all tables were emptied, unless `migrate` stopped at an older table."""
    from catalog.models.merchant import HOUSE_ID, Merchant, MerchantState

    columns = {column.name for column in Merchant._meta.concrete_fields}
    try:
        migrated = apps.get_model("catalog", "Merchant")
    except LookupError:
        return
    if columns == {column.name for column in migrated._meta.concrete_fields}:
        house = {"slug": "house", "name": "House", "state": MerchantState.APPROVED}
        Merchant.objects.get_or_create(pk=HOUSE_ID, defaults=house)
