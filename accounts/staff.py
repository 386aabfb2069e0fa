"""Access of users, changed by administrators: roles, deactivation, second factor and sessions.

Nobody changes their own access, and administrators are checked again once both users' rows are locked. So whoever
takes a role away is still an administrator afterwards, and one always remains. Every change is in the admin's history.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib.admin.models import ADDITION, CHANGE, LogEntry
from django.contrib.auth.models import Group
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.constraints import violated_constraint
from accounts.history import history_line
from accounts.lists import join_list
from accounts.mail import mail_access_notice, mail_invitation
from accounts.models import User
from accounts.sessions import end_sessions

ADMINISTER = "accounts.assign_role"
"""Permission to change other users' access."""


class AccessRefused(Exception):
    """The change of access is refused, and nothing was changed. The message says why."""


class EmailTaken(Exception):
    """A user with this email address exists."""


def find_refusal(*, user: User, by: User) -> str:
    """Return why `by` may not change the access of `user`, or "" if they may."""
    if not by.has_perm(ADMINISTER):
        return _("Only administrators can change what people may do.")
    if by.pk == user.pk:
        return _("You can't change your own access. Ask another administrator.")
    if user.is_superuser and not by.is_superuser:
        return _("Only a superuser can change the access of a superuser.")
    return ""


def invite_user(*, email: str, language: str, roles: Collection[Group], by: User) -> User:
    """Create a user without a password, and email them a link with which they choose one.

    Raises AccessRefused or EmailTaken.
    """
    if not by.has_perm(ADMINISTER):
        raise AccessRefused(_("Only administrators can change what people may do."))
    if explanation := explain_taken(email):
        raise EmailTaken(explanation)
    try:
        with transaction.atomic():
            user = User.objects.create_user(email, None, language=language, is_staff=bool(roles))
            EmailAddress.objects.create(user=user, email=user.email.lower(), primary=True)
            user.groups.set(roles)
            _record(
                user,
                by,
                history_line(gettext_noop("Invited. Roles: %(roles)s."), roles=list_roles(roles)),
                flag=ADDITION,
            )
            mail_invitation(user=user, by=by)
    except IntegrityError as error:
        if violated_constraint(error) not in ("accounts_user_email_unique", "accounts_user_email_key"):
            raise
        raise EmailTaken(explain_taken(email)) from error
    return user


def explain_taken(email: str) -> str:
    """Return a sentence if somebody signs in with this address or has confirmed it as a further one, or else ""."""
    if User.objects.filter(email__iexact=email).exists():
        return _("A user with this email address already exists.")
    address = EmailAddress.objects.filter(email=email.lower(), verified=True).select_related("user").first()
    if address is None:
        return ""
    return _("%(user)s has this address, too. Give that user the roles.") % {"user": address.user}


def invite_again(*, user: User, by: User) -> None:
    """Email the link for choosing a password once more. Raises AccessRefused."""
    with _locked(user, by) as locked:
        if not locked.is_active:
            raise AccessRefused(_("This user is deactivated. Reactivate them first."))
        _record(locked, by, gettext_noop("The link for choosing a password was emailed again."))
        mail_invitation(user=locked, by=by)


def change_roles(*, user: User, give: Collection[Group], take: Collection[Group], by: User) -> None:
    """Give and take roles. Who has no role left is no longer staff, and loses permissions given one by one too.

    Raises AccessRefused, also for roles of somebody who chose a password without having confirmed the address: it may
    be a stranger's.
    """
    with _locked(user, by) as locked:
        if give and (explanation := explain_unconfirmed(locked)):
            raise AccessRefused(explanation)
        locked.groups.remove(*take)
        locked.groups.add(*give)
        roles = list(locked.groups.order_by("name"))
        is_staff = bool(roles) or locked.is_superuser
        if not is_staff:
            locked.user_permissions.clear()
        User.objects.filter(pk=locked.pk).update(is_staff=is_staff)
        _record(locked, by, history_line(gettext_noop("Roles: %(roles)s."), roles=list_roles(roles)))
        mail_access_notice(user=locked, kind="roles", by=by, roles=name_roles(roles))


def explain_unconfirmed(user: User) -> str:
    """Return a sentence if a password was chosen for the user by somebody who has not confirmed the address, or else ""."""
    if not user.has_usable_password():
        return ""
    if not EmailAddress.objects.filter(user=user, email=user.email.lower(), verified=False).exists():
        return ""
    return _(
        "This email address is not confirmed, so somebody else may have signed up with it. "
        "Email the link for choosing a password first."
    )


def deactivate_user(*, user: User, reason: str, by: User) -> None:
    """Sign a user out everywhere and refuse further sign-ins. Roles are kept. Raises AccessRefused."""
    with _locked(user, by) as locked:
        if not User.objects.filter(pk=locked.pk, is_active=True).update(is_active=False):
            raise AccessRefused(_("This user is already deactivated."))
        end_sessions(user=locked)
        _record(locked, by, history_line(gettext_noop("Deactivated. Reason: %(reason)s"), reason=reason))
        mail_access_notice(user=locked, kind="deactivated", by=by, reason=reason)


def reactivate_user(*, user: User, by: User) -> None:
    """Let a deactivated user sign in again. Raises AccessRefused."""
    with _locked(user, by) as locked:
        if not User.objects.filter(pk=locked.pk, is_active=False).update(is_active=True):
            raise AccessRefused(_("This user is not deactivated."))
        _record(locked, by, gettext_noop("Reactivated."))
        mail_access_notice(user=locked, kind="reactivated", by=by)


def reset_second_factor(*, user: User, by: User) -> None:
    """Remove a user's authenticator app, passkeys and recovery codes, and end their sessions. Raises AccessRefused."""
    with _locked(user, by) as locked:
        if not Authenticator.objects.filter(user=locked).delete()[0]:
            raise AccessRefused(_("This user has no second factor."))
        end_sessions(user=locked)
        _record(locked, by, gettext_noop("Second factor reset."))
        mail_access_notice(user=locked, kind="factor_reset", by=by)


def sign_out_everywhere(*, user: User, by: User) -> None:
    """End all sessions of another user. Raises AccessRefused."""
    with _locked(user, by) as locked:
        end_sessions(user=locked)
        _record(locked, by, gettext_noop("All sessions ended."))


@contextmanager
def _locked(user: User, by: User) -> Iterator[User]:
    """Lock both users' rows in a transaction, and yield the user as they are now. Raises AccessRefused."""
    with transaction.atomic():
        rows = User.objects.select_for_update().filter(pk__in=(user.pk, by.pk)).order_by("pk").in_bulk()
        if refusal := find_refusal(user=rows[user.pk], by=rows[by.pk]):
            raise AccessRefused(refusal)
        yield rows[user.pk]


def _record(user: User, by: User, sentence: str, *, flag: int = CHANGE) -> None:
    LogEntry.objects.log_actions(by.pk, [user], flag, change_message=sentence, single_object=True)


def name_roles(roles: Collection[Group]) -> str:
    return join_list(sorted(_(role.name) for role in roles)) or _("none")


def list_roles(roles: Collection[Group]) -> list[str]:
    return sorted(role.name for role in roles)
