"""What the desks of moderators have in common: a list of what waits, oldest first, and a decision on one row of it."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.core.paginator import Paginator
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django.views import View

from accounts.access import user_with_permission
from accounts.models import User
from social.refusals import ModerationRefused


class DeskView[Row: Model](View):
    """A page of rows that wait. A decision that is refused shows the page again, with what was entered for its row.

    `list_route` and `decide_route` are names of admin routes. Staff without the permission get 403.
    """

    title: ClassVar[Any]
    decided: ClassVar[Any]
    permission: ClassVar[str]
    template: ClassVar[str]
    list_route: ClassVar[str]
    decide_route: ClassVar[str]
    form_class: ClassVar[type[forms.Form]]
    rows_per_page = 25

    def waiting(self) -> QuerySet[Row]:
        """Return what waits, with what the page shows of it, in the order of the desk."""
        raise NotImplementedError

    def all_rows(self) -> QuerySet[Row]:
        """Return what a decision may be about. One that came too late is refused by `decide`."""
        raise NotImplementedError

    def decide(self, row: Row, values: dict[str, Any], moderator: User) -> None:
        """Carry out a decision. Raises ModerationRefused."""
        raise NotImplementedError

    def describe(self, rows: Sequence[Row], moderator: User) -> dict[str, Any]:
        """Return what the template needs besides the page."""
        return {"rows": rows}

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._show(request)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        moderator = user_with_permission(request, self.permission)
        row, form = get_object_or_404(self.all_rows(), pk=pk), self.form_class(request.POST)
        if not form.is_valid():
            messages.error(request, " ".join(str(sentence) for errors in form.errors.values() for sentence in errors))
            return self._show(request, form=form, refused_id=pk)
        try:
            self.decide(row, form.cleaned_data, moderator)
        except ModerationRefused as refusal:
            messages.error(request, str(refusal))
            return self._show(request, form=form, refused_id=pk)
        messages.success(request, str(self.decided))
        return redirect(reverse(f"admin:{self.list_route}") + f"?{request.GET.urlencode()}")

    @classmethod
    def urls(cls, site: admin.AdminSite) -> list[URLPattern]:
        """Return the routes of the desk, below the list of its model in admin."""
        read = cls.as_view(http_method_names=["get", "head"])
        write = cls.as_view(http_method_names=["post"])
        return [
            path("desk/", site.admin_view(read), name=cls.list_route),
            path("desk/<int:pk>/decide/", site.admin_view(write), name=cls.decide_route),
        ]

    def _show(self, request: HttpRequest, **refused: Any) -> HttpResponse:
        moderator = user_with_permission(request, self.permission)
        page = Paginator(self.waiting(), self.rows_per_page).get_page(request.GET.get("page"))
        context = admin.site.each_context(request) | {"title": self.title, "page": page}
        context |= {"query": request.GET.urlencode(), "decide_route": f"admin:{self.decide_route}"}
        context |= self.describe(list(page), moderator) | refused
        return render(request, self.template, context, status=422 if refused else 200)
