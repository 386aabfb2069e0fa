"""Admin pages for the ranking goals and for each clip's event counts."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _

from accounts.editable_admin import EditableAdmin
from accounts.readonly_admin import ReadOnlyAdmin
from feed.goals import current_weights, preview_goals, set_goals
from feed.models import ClipCount, EventKind, Goal
from feed.page.snapshot import DEFAULT_GOALS


class GoalsForm(forms.Form):
    """A form with one weight for each ranking goal."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for kind in DEFAULT_GOALS:
            label = kind.label.replace("_", " ").capitalize()
            self.fields[kind.name] = forms.FloatField(label=label, min_value=0, max_value=100)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not any(cleaned.values()):
            raise forms.ValidationError(_("At least one goal needs a weight above 0."))
        return cleaned

    def weights(self) -> dict[EventKind, float]:
        """Return the validated weights."""
        return {kind: self.cleaned_data[kind.name] for kind in DEFAULT_GOALS}


@admin.register(Goal)
class GoalAdmin(EditableAdmin[Goal]):
    """Admin for goals, with a page that sets all weights and previews their effect before saving."""

    list_display = ["kind", "weight"]
    ordering = ["kind"]
    change_list_template = "admin/feed/goal/change_list.html"

    def get_urls(self) -> list[URLPattern]:
        weigh = path("weigh/", self.admin_site.admin_view(self.weigh), name="feed_goal_weigh")
        return [weigh, *super().get_urls()]

    def weigh(self, request: HttpRequest) -> HttpResponse:
        """Show a form with the weights of all goals, and preview the effect of submitted weights.

        If "keep" was pressed, save them instead.
        """
        if not self.has_change_permission(request):
            raise PermissionDenied
        weights = {kind.name: weight for kind, weight in current_weights().items()}
        form = GoalsForm(request.POST if request.method == "POST" else None, initial=weights)
        changes = []
        if request.method == "POST" and form.is_valid():
            if "keep" in request.POST:
                set_goals(form.weights())
                messages.success(request, _("The weights have been saved."))
                return redirect("admin:feed_goal_changelist")
            changes = preview_goals(form.weights())
        context = self.admin_site.each_context(request) | {"title": _("Set ranking weights")}
        context |= {"form": form, "changes": changes, "opts": self.opts}
        return render(request, "admin/feed/goal/weigh.html", context)


@admin.register(ClipCount)
class ClipCountAdmin(ReadOnlyAdmin, admin.ModelAdmin[ClipCount]):
    list_display = ["clip", "shown", "satisfied", "likes", "saves", "product_opens", "purchases"]
    list_select_related = ["clip"]
    search_fields = ["clip__code", "clip__caption"]
    ordering = ["-shown"]
