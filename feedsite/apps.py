"""App configurations of the site and of its admin."""

from typing import Any

from allauth.account.apps import AccountConfig
from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class FeedsiteConfig(AppConfig):
    name = "feedsite"
    default = True

    def ready(self) -> None:
        from feedsite import checks  # noqa: F401  # registers them
        from feedsite.suspensions import restore_suspended
        from social.models import RemovalKind
        from social.removals.restorations import RESTORING

        RESTORING[RemovalKind.SUSPENSION] = restore_suspended

        post_migrate.connect(sync_roles_after_migrate)


class SignInConfig(AccountConfig):  # type: ignore[misc]  # allauth has no types
    """allauth's app of email addresses, with a name that differs from our own apps'."""

    default = False
    verbose_name = _("Sign-in")


class StaffAdminConfig(admin_apps.AdminConfig):
    default = False
    default_site = "feedsite.admin_site.StaffSite"


def sync_roles_after_migrate(sender: AppConfig, **kwargs: Any) -> None:
    """Update the roles once the last app has its permissions, so that they exist after every `migrate`."""
    from django.apps import apps

    from feedsite.roles import sync_roles

    if sender is [app for app in apps.get_app_configs() if app.models_module][-1]:
        sync_roles(skip_unknown=True)
