from typing import Any

from django.apps import AppConfig
from django.apps import apps as installed_apps
from django.apps.registry import Apps
from django.core.checks import register
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class VideosConfig(AppConfig):
    name = "videos"
    verbose_name = _("Clips")

    def ready(self) -> None:
        from videos.intake.policy_checks import check_upload_limits

        register(check_upload_limits)
        post_migrate.connect(sync_rules_after_migrate, sender=self)


def sync_rules_after_migrate(apps: Apps = installed_apps, **kwargs: Any) -> None:
    """Create and update the rows of the shipped wording rules, unless `migrate` stopped at an older table."""
    from videos.models import WordingRule
    from videos.review.shipped_rules import sync_shipped_rules

    columns = {column.name for column in WordingRule._meta.concrete_fields}
    try:
        migrated = apps.get_model("videos", "WordingRule")
    except LookupError:
        return
    if columns == {column.name for column in migrated._meta.concrete_fields}:
        sync_shipped_rules()
