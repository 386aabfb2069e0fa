"""Staff roles. Each is a permission group that `manage.py sync_roles` updates from this file."""

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
"""Permission patterns ("app.codename") for each role. A star matches any text. Superusers need no role."""


class UnknownPermission(Exception):
    """A permission pattern that matches nothing. It is misspelt, or its model no longer exists."""


def sync_roles() -> dict[str, int]:
    """Give each role's group exactly the permissions in `ROLES`. Return the number of permissions for each role.

    Repeating the call changes nothing. The members of the groups and all other groups stay as they are.

    Raises UnknownPermission, without changing any group, if a pattern matches nothing.
    """
    counts = {}
    with transaction.atomic():
        for name, patterns in ROLES.items():
            group, _created = Group.objects.get_or_create(name=name)
            permissions = {permission for pattern in patterns for permission in _matching(pattern)}
            group.permissions.set(permissions)
            counts[name] = len(permissions)
    return counts


def _matching(pattern: str) -> list[Permission]:
    app_label, codename = pattern.split(".")
    permissions = list(
        Permission.objects.filter(
            Q(content_type__app_label=app_label), codename__regex=f"^{codename.replace('*', '.*')}$"
        )
    )
    if not permissions:
        raise UnknownPermission(pattern)
    return permissions
