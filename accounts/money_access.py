"""Who may move money, approve where it goes or give such access, and who hears when somebody else gets it.

`settings.MONEY_PERMISSIONS` says what counts.
"""

from collections.abc import Callable, Iterable

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.contrib.auth.models import Group
from django.db.models import Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.access import find_permissions, staff_with_permission
from accounts.letters import write_email
from accounts.models import Proposal, User
from accounts.staff import ADMINISTER


def find_money_roles(roles: Iterable[Group]) -> list[Group]:
    """Return the roles that have one of the permissions."""
    granted = find_permissions(*settings.MONEY_PERMISSIONS)
    keys = [role.pk for role in roles]
    return list(Group.objects.filter(pk__in=keys, permissions__in=granted).distinct().order_by("name"))


def can_move_money(user: User) -> bool:
    """Return whether the user has one of the permissions, or would have it once they are active again."""
    granted = user.user_permissions.filter(pk__in=find_permissions(*settings.MONEY_PERMISSIONS))
    return user.is_superuser or granted.exists() or bool(find_money_roles(user.groups.all()))


def has_second_administrator(*, user: User | None, by: User) -> bool:
    """Return whether somebody else could approve what `by` would change for the user, or for a new one if that is None.

    Who was invited and has never signed in could not.
    """
    others = staff_with_permission(ADMINISTER).exclude(pk__in=[person.pk for person in (user, by) if person])
    if user is not None and user.is_superuser:
        others = others.filter(is_superuser=True)
    return others.exclude(Q(last_login=None, password__startswith=UNUSABLE_PASSWORD_PREFIX)).exists()


def tell_others(*, user: User, by: User, word_change: Callable[[], str], proposal: Proposal | None = None) -> None:
    """Email everybody else who may move money or give access what was changed or, with an open proposal, is to be.

    `word_change` names the change in the active language. The proposer hears of a decision in an email of its own.
    """
    informed = {user.pk, by.pk} | ({proposal.proposed_by_id} if proposal else set())
    concerned = staff_with_permission(*settings.MONEY_PERMISSIONS).exclude(pk__in=informed)
    is_waiting = proposal is not None and proposal.is_open
    page = ("accounts_proposal_change", proposal.pk) if proposal else ("accounts_user_change", user.pk)
    context = {"user": user, "by": by, "is_waiting": is_waiting, "site_name": get_adapter().get_site_name()}
    context["link"] = f"{settings.SITE_URL}{reverse(f'admin:{page[0]}', args=[page[1]])}"
    for recipient in concerned:
        with override(recipient.language or settings.LANGUAGE_CODE):
            subject = _("Who may move money at %(site)s") % {"site": context["site_name"]}
            text = render_to_string("accounts/mail/money_access.txt", context | {"change": word_change()})
            write_email(subject, text, to=recipient.email).send()
