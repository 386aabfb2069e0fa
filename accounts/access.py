"""The user of a request, and what they may see."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from rest_framework.request import Request

from accounts.models import User


def signed_in_user(request: HttpRequest | Request) -> User:
    """Return the user of a request that a decorator, a permission class or the admin has authenticated.

    Raises TypeError if nobody is signed in, which means that the view lacks such a guard.
    """
    if not isinstance(request.user, User):
        raise TypeError("This view needs a signed-in user.")
    return request.user


def user_with_permission(request: HttpRequest, permission: str) -> User:
    """Return the request's user. Raises PermissionDenied (403) for users without `permission`."""
    if not request.user.has_perm(permission):
        raise PermissionDenied
    return signed_in_user(request)


def is_adult(user: object) -> bool:
    """Return False unless the user has confirmed being 18 or over. Visitors have not."""
    return isinstance(user, User) and user.is_known_adult
