"""Access control for the pages and the API of merchants, which only the members of one may open."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from rest_framework.request import Request

from accounts.models import User
from catalog.models import MerchantMember, MerchantRole, MerchantState

SESSION_KEY = "merchant"
"""Which merchant somebody acts for who is a member of several, by its id."""

ACTING = (MerchantState.APPROVED, MerchantState.SUSPENDED)
"""States in which a merchant's members may open its area. A suspended one still sends what is paid."""

type View[**P] = Callable[Concatenate[HttpRequest, MerchantMember, P], HttpResponseBase]
type GuardedView[**P] = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def list_memberships(user: object) -> QuerySet[MerchantMember]:
    """Return the merchants for which a user may act, the longest first. None for visitors."""
    members = MerchantMember.objects.filter(merchant__state__in=ACTING).select_related("merchant", "user")
    return members.filter(user=user).order_by("pk") if isinstance(user, User) else members.none()


def acts_for(user: User, merchant_id: int | None) -> bool:
    """Return whether the user is a member of the merchant, whatever its state. The house has no members."""
    return MerchantMember.objects.filter(user=user, merchant=merchant_id).exists()


def find_member(request: HttpRequest) -> MerchantMember | None:
    """Return the membership that the user chose or, if they chose none or were removed there, their first one."""
    members = list(list_memberships(request.user))
    chosen = [member for member in members if member.merchant_id == request.session.get(SESSION_KEY)]
    return next(iter([*chosen, *members]), None)


def merchant_required[**P](*roles: MerchantRole) -> Callable[[View[P]], GuardedView[P]]:
    """Decorate a view that only members of a merchant may open: those with one of the roles, or all if none is named.

    The view gets the MerchantMember as its second argument. Visitors are redirected to the sign-in page, and users without
    a merchant to the page where they can apply. Members with another role get 403.
    """

    def decorate(view: View[P]) -> GuardedView[P]:
        @wraps(view)
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            member = find_member(request)
            if member is None:
                return redirect("merchant-apply")
            check_role(member, *roles)
            return view(request, member, *args, **kwargs)

        return guarded

    return decorate


def require_member(request: Request, slug: str, *roles: MerchantRole) -> MerchantMember:
    """Return the API caller's membership in the merchant with this slug.

    Raises Http404 if they are no member of it, and PermissionDenied (403) if they have another role.
    """
    member = list_memberships(request.user).filter(merchant__slug=slug).first()
    if member is None:
        raise Http404
    check_role(member, *roles)
    return member


def check_role(member: MerchantMember, *roles: MerchantRole) -> None:
    """Raise PermissionDenied (403) unless the member has one of the roles, if any are named."""
    if roles and member.role not in roles:
        raise PermissionDenied
