"""The roles of a shop's staff as groups of permissions, kept in step with this file by `manage.py sync_roles`."""

from collections.abc import Mapping, Sequence

from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.db.models import Q

ROLES: Mapping[str, Sequence[str]] = {
    "Moderator": (
        "videos.review_clip",
        "videos.view_*",
        "videos.change_job",
        "videos.change_reason",
        "videos.add_reason",
        "social.view_report",
        "social.change_report",
        "creators.view_creator",
        "creators.view_campaign",
        "creators.view_terms",
        "catalog.view_product",
    ),
    "Campaign manager": (
        "creators.*_campaign",
        "creators.*_terms",
        "creators.view_*",
        "videos.view_clip",
        "videos.*_wordingrule",
        "catalog.view_*",
    ),
    "Finance": (
        "payouts.*",
        "creators.view_*",
        "shop.view_*",
        "videos.view_clip",
    ),
    "Merchant": (
        "catalog.*",
        "shop.*",
        "videos.view_clip",
    ),
}
"""By role, "app.codename"; a star stands for any part of a name. A superuser needs no role."""


class UnknownPermission(Exception):
    """A pattern of a role fits no permission, so it is misspelt or its app is gone."""


def sync_roles() -> dict[str, int]:
    """Make each role's group hold exactly what is written here; return how many permissions each has.

    Safe to repeat. Groups of other names, and who is in a group, are left alone. Raises UnknownPermission, and then
    nothing has changed.
    """
    counts = {}
    with transaction.atomic():
        for name, patterns in ROLES.items():
            group, _created = Group.objects.get_or_create(name=name)
            wanted = {permission for pattern in patterns for permission in _find(pattern)}
            group.permissions.set(wanted)
            counts[name] = len(wanted)
    return counts


def _find(pattern: str) -> list[Permission]:
    app_label, codename = pattern.split(".")
    found = list(
        Permission.objects.filter(
            Q(content_type__app_label=app_label), codename__regex=f"^{codename.replace('*', '.*')}$"
        )
    )
    if not found:
        raise UnknownPermission(pattern)
    return found
