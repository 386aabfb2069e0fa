"""The admin's front door: allauth signs people in, and staff need a second factor before any page."""

from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache

from accounts.access import signed_in_user
from accounts.models import User
from accounts.second_factor import second_factor_url
from feedsite.first_steps import list_first_steps, list_missing_setup, read_progress


class StaffSite(AdminSite):
    """Django's admin site, open to staff whose session has passed a second factor (see accounts.second_factor)."""

    def has_permission(self, request: HttpRequest) -> bool:
        return super().has_permission(request) and isinstance(request.user, User) and request.user.staff_clearance()

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
