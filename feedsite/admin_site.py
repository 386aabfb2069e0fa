"""The admin's front door: allauth signs people in, and staff need a second factor before any page."""

from functools import wraps
from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from accounts.access import signed_in_user
from accounts.keys import parse_key
from accounts.models import User
from accounts.second_factor import second_factor_url
from feedsite.first_steps import list_first_steps, list_missing_setup, read_progress

YEARS = {"year", "iso_year"}
MAX_ROWS = 100
"""Of a part of a form, such as the pictures of a product. Django builds a form for each row that is announced."""


class StaffSite(AdminSite):
    """Django's admin site, open to staff whose session has passed a second factor (see accounts.second_factor)."""

    def has_permission(self, request: HttpRequest) -> bool:
        return super().has_permission(request) and isinstance(request.user, User) and request.user.staff_clearance()

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """Wrap a page of admin. A year that no calendar has, or a form with too many rows, is a bad request on each."""

        @wraps(view)
        def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            if any(_is_impossible_year(name, str(value)) for name, value in request.GET.items()):
                raise BadRequest(_("This year is in no calendar."))
            if any(_has_too_many_rows(name, str(value)) for name, value in request.POST.items()):
                raise BadRequest(_("This form has more than %(most)d rows. Nothing was saved.") % {"most": MAX_ROWS})
            return view(request, *args, **kwargs)

        return super().admin_view(checked, cacheable)

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        """Show what waits for the reader and, in a new shop, the first steps."""
        user = signed_in_user(request)
        progress = read_progress(user)
        context = {"first_steps": list_first_steps(user, progress), "setup": list_missing_setup(user, progress)}
        return super().index(request, context | (extra_context or {}))

    @method_decorator(never_cache)
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Redirect to allauth's sign-in, to the second factor, or to the page that was asked for. Takes no password."""
        next_url = request.GET.get("next", "")
        if not url_has_allowed_host_and_scheme(next_url, {request.get_host()}, require_https=request.is_secure()):
            next_url = reverse("admin:index", current_app=self.name)
        if not isinstance(request.user, User):
            return redirect_to_login(next_url)
        if not request.user.is_staff:
            raise PermissionDenied
        if not self.has_permission(request):
            return redirect(second_factor_url(request.user, next_url=next_url))
        return HttpResponseRedirect(next_url)

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """Redirect to allauth's page, which limits attempts and emails the user."""
        return redirect("account_change_password")

    def password_change_done(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        return redirect("account")


def _has_too_many_rows(name: str, value: str) -> bool:
    """Return whether a field announces more rows of a form than it can have. A whole list can have twice as many."""
    most = 2 * MAX_ROWS if name == "form-TOTAL_FORMS" else MAX_ROWS
    return name.endswith("-TOTAL_FORMS") and parse_key(value) > most


def _is_impossible_year(name: str, value: str) -> bool:
    """Return whether a filter such as `placed_at__year` asks for a year that dates do not have."""
    return bool(YEARS.intersection(name.split("__")[1:])) and not all(
        0 < parse_key(year.strip()) < 10_000 for year in value.split(",")
    )
