"""The roles of the people behind the desk, as groups with permissions."""

from django.contrib.auth.models import Group, Permission
from django.db.models import Q

LOOK = ("view",)
WORK = ("view", "add", "change")
RUN = ("view", "add", "change", "delete")
ROLES: dict[str, dict[str, tuple[str, ...]]] = {
    "Moderator": {"videos": ("view", "review"), "social": ("view", "change"), "creators": LOOK, "catalog": LOOK},
    "Campaign manager": {"creators": WORK, "videos": LOOK, "payouts": LOOK},
    "Finance": {"payouts": WORK, "shop": ("view", "change"), "creators": LOOK, "videos": LOOK},
    "Merchant": {"catalog": RUN, "shop": ("view", "change")},
}
"""Group → app → the verbs with which permission code names begin."""


def sync_roles() -> None:
    """Give each group exactly its permissions; people stay in their groups. Running it again changes nothing."""
    for name, apps in ROLES.items():
        group, _created = Group.objects.get_or_create(name=name)
        wanted = Q(pk__in=())
        for app, verbs in apps.items():
            for verb in verbs:
                wanted |= Q(content_type__app_label=app, codename__startswith=f"{verb}_")
        group.permissions.set(Permission.objects.filter(wanted))
