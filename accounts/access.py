"""Access checks: who is signed in, which permissions they have, and whether they are an adult."""

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


def staff_with_permission(permission: str) -> QuerySet[User]:
    """Return the active staff who have a permission like `app.codename`, through a role or as superusers."""
    app, _dot, codename = permission.partition(".")
    granted = Permission.objects.filter(content_type__app_label=app, codename=codename)
    has_it = Q(is_superuser=True) | Q(groups__permissions__in=granted) | Q(user_permissions__in=granted)
    return User.objects.filter(has_it, is_staff=True, is_active=True).distinct().order_by("pk")
