"""Access to money, given by two administrators: roles, a second factor that is reset, and users who are reactivated.

Where no second administrator could approve it, it takes effect at once. Everybody concerned is told in either case.
"""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from functools import partial
from typing import Any

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import Model
from django.utils import timezone
from django.utils.formats import localize
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from accounts.history import english, history_line
from accounts.lists import join_list
from accounts.models import Proposal, User
from accounts.money_access import can_move_money, find_money_roles, has_second_administrator, tell_others
from accounts.proposals import Facts, ProposalKind, ProposalRefused, propose
from accounts.staff import (
    ADMINISTER,
    AccessRefused,
    change_roles,
    find_refusal,
    invite_user,
    list_roles,
    name_roles,
    reactivate_user,
    reset_second_factor,
)

GIVE_ROLES = "roles"
ACTIONS: Mapping[str, tuple[Callable[..., None], Any]] = {
    "reset-factor": (reset_second_factor, gettext_lazy("Reset second factor")),
    "reactivate": (reactivate_user, gettext_lazy("Reactivate")),
}
"""What an administrator does to a user that gives access back, beside giving roles, and its name."""


class AccessChange(ProposalKind):
    code = "access"
    label = gettext_lazy("Access to money")
    propose_permission = approve_permission = ADMINISTER
    gain_refusal = gettext_lazy("You can't approve a change of your own access.")

    def title(self, changes: Mapping[str, Any]) -> str:
        return str(_find_user(changes) or "–")

    def summarize(self, changes: Mapping[str, Any], basis: Mapping[str, Any]) -> str:
        if changes["action"] != GIVE_ROLES:
            return str(ACTIONS[changes["action"]][1])
        return _("Roles to give: %(roles)s") % {"roles": name_roles(_find_roles(changes))}

    def describe(self, changes: Mapping[str, Any], basis: Mapping[str, Any]) -> Facts:
        user = _find_user(changes)
        return [
            (_("User"), basis["email"] or "–"),
            (_("Change"), self.summarize(changes, basis)),
            (_("Roles until now"), join_list(_(name) for name in basis["roles"]) or _("none")),
            (
                _("Last sign-in"),
                localize(timezone.localtime(user.last_login)) if user and user.last_login else _("never"),
            ),
        ]

    def about(self, row: Model) -> Mapping[str, Any] | None:
        return {"user": row.pk} if isinstance(row, User) else None

    def basis(self, changes: Mapping[str, Any], *, is_locked: bool = False) -> dict[str, Any]:
        """Return who the user is and what they may do. accounts.staff locks them, together with the approver."""
        user = _find_user(changes)
        roles = sorted(user.groups.values_list("name", flat=True)) if user else []
        return {"email": user.email if user else "", "is_active": bool(user and user.is_active), "roles": roles}

    def gaining_users(self, changes: Mapping[str, Any]) -> Collection[int]:
        return (changes["user"],)

    def find_obstacle(self, proposal: Proposal, *, now: datetime) -> str:
        return "" if _find_user(proposal.changes) else _("This user no longer exists.")

    def apply(self, proposal: Proposal, *, approved_by: User, now: datetime) -> None:
        changes = proposal.changes
        user = User.objects.get(pk=changes["user"])
        try:
            if changes["action"] == GIVE_ROLES:
                change_roles(user=user, give=_find_roles(changes), take=[], by=approved_by)
            else:
                ACTIONS[changes["action"]][0](user=user, by=approved_by)
        except AccessRefused as refusal:
            raise ProposalRefused(str(refusal)) from refusal
        tell_others(user=user, by=approved_by, word_change=partial(self.summarize, changes, {}), proposal=proposal)


def invite_by_staff(
    *, email: str, language: str, roles: Collection[Group], by: User, now: datetime
) -> tuple[User, Proposal | None]:
    """Invite a user. Return them, and the proposal to give them those of the roles that need a second administrator.

    Raises AccessRefused or EmailTaken.
    """
    money_roles = find_money_roles(roles)
    must_wait = bool(money_roles) and has_second_administrator(user=None, by=by)
    with transaction.atomic():
        at_once = set(roles) - set(money_roles) if must_wait else roles
        user = invite_user(email=email, language=language, roles=at_once, by=by)
        return user, _propose_or_tell(user, GIVE_ROLES, money_roles, by, now, must_wait) if money_roles else None


def change_roles_by_staff(
    *, user: User, give: Collection[Group], take: Collection[Group], by: User, now: datetime
) -> Proposal | None:
    """Give and take roles. Return the proposal to give those that need a second administrator.

    Raises AccessRefused, or ProposalRefused if such a proposal is open.
    """
    money_roles = find_money_roles(give)
    must_wait = bool(money_roles) and has_second_administrator(user=user, by=by)
    with transaction.atomic():
        at_once = set(give) - set(money_roles) if must_wait else give
        if at_once or take:
            change_roles(user=user, give=at_once, take=take, by=by)
        return _propose_or_tell(user, GIVE_ROLES, money_roles, by, now, must_wait) if money_roles else None


def restore_access_by_staff(action: str, *, user: User, by: User, now: datetime | None = None) -> Proposal | None:
    """Do one of ACTIONS to a user or, if they may move money and a second administrator could approve it, propose to.

    Raises AccessRefused, or ProposalRefused if such a proposal is open.
    """
    is_concerning = can_move_money(user)
    must_wait = is_concerning and has_second_administrator(user=user, by=by)
    with transaction.atomic():
        if not must_wait:
            ACTIONS[action][0](user=user, by=by)
        return _propose_or_tell(user, action, [], by, now or timezone.now(), must_wait) if is_concerning else None


def _propose_or_tell(
    user: User, action: str, roles: Collection[Group], by: User, now: datetime, must_wait: bool
) -> Proposal | None:
    """Propose the change if it must wait. Tell the others either way."""
    changes = {"user": user.pk, "action": action, "roles": [role.pk for role in roles]}
    word_change = partial(AccessChange().summarize, changes, {})
    proposal = None
    if must_wait:
        if refusal := find_refusal(user=user, by=by):
            raise AccessRefused(refusal)
        subject = f"user {user.pk} {action}"
        proposal = propose(kind=AccessChange.code, subject=subject, changes=changes, proposed_by=by, now=now)
        if action == GIVE_ROLES:
            record = history_line(gettext_noop("Proposed. Roles to give: %(roles)s"), roles=list_roles(roles))
        else:
            record = history_line(gettext_noop("Proposed: %(change)s"), change=[english(ACTIONS[action][1])])
        LogEntry.objects.log_actions(by.pk, [user], CHANGE, change_message=record, single_object=True)
    tell_others(user=user, by=by, word_change=word_change, proposal=proposal)
    return proposal


def _find_user(changes: Mapping[str, Any]) -> User | None:
    return User.objects.filter(pk=changes["user"]).first()


def _find_roles(changes: Mapping[str, Any]) -> list[Group]:
    return list(Group.objects.filter(pk__in=changes["roles"]).order_by("name"))
