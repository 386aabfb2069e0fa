"""Access control for pages that only creators may open."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect

from accounts.models import User
from creators.models import Creator, Enrolment


def find_creator(user: object) -> Creator | None:
    """Return the user's creator profile, or None for visitors and for users who are not creators."""
    return Creator.objects.filter(user=user).first() if isinstance(user, User) else None


def is_creator(user: object) -> bool:
    """Return whether the user takes part in campaigns."""
    return isinstance(user, User) and Enrolment.objects.filter(creator__user=user).exists()


def creator_required[**P](
    view: Callable[Concatenate[HttpRequest, Creator, P], HttpResponseBase],
) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """Decorate a view that only creators may open. The view gets the creator profile as its second argument.

    Visitors are redirected to the sign-in page. Users who are not creators are redirected to the page where they can
    become one.
    """

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        creator = find_creator(request.user)
        if creator is None:
            return redirect("become-creator")
        return view(request, creator, *args, **kwargs)

    return guarded
