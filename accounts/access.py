"""Access checks: who is signed in, which permissions they have, and whether they are an adult."""

from functools import reduce
from operator import or_

from allauth.account.models import EmailAddress
from django.contrib.auth.models import Permission
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from rest_framework.request import Request

from accounts.models import User


def signed_in_user(request: HttpRequest | Request) -> User:
    """Return the signed-in user, for views that already require sign-in.

    Raises TypeError if nobody is signed in, because the view lacks the decorator or permission class that requires it.
    """
    if not isinstance(request.user, User):
        raise TypeError("This view needs a signed-in user.")
    return request.user


def user_with_permission(request: HttpRequest, permission: str) -> User:
    """Return the signed-in user. Raises PermissionDenied (403) if they lack `permission`."""
    if not request.user.has_perm(permission):
        raise PermissionDenied
    return signed_in_user(request)


def is_adult(user: object) -> bool:
    """Return whether the user has confirmed being 18 or over. False for visitors who are not signed in."""
    return isinstance(user, User) and user.is_known_adult


def has_verified_address(user: User) -> bool:
    """Return whether the user has confirmed an email address."""
    return bool(EmailAddress.objects.filter(user=user, verified=True).exists())


def find_permissions(*names: str) -> QuerySet[Permission]:
    """Return the permissions with these names, such as `app.codename`."""
    parts = [name.split(".") for name in names]
    is_named = [Q(content_type__app_label=app, codename=codename) for app, codename in parts]
    return Permission.objects.filter(reduce(or_, is_named))


def staff_with_permission(*names: str) -> QuerySet[User]:
    """Return the active staff who have one of the permissions, through a role or as superusers."""
    granted = find_permissions(*names)
    has_it = Q(is_superuser=True) | Q(groups__permissions__in=granted) | Q(user_permissions__in=granted)
    return User.objects.filter(has_it, is_staff=True, is_active=True).distinct().order_by("pk")
