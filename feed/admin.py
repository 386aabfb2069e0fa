"""What the ranking is for, weighed by staff, and what came of each clip."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _

from accounts.readonly_admin import ReadOnlyAdmin
from feed.goals import preview_goals, set_goals, weights_in_use
from feed.models import ClipCount, EventKind, Goal
from feed.page.snapshot import DEFAULT_GOALS


class GoalsForm(forms.Form):
    """One weight for each goal."""

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
        return {kind: self.cleaned_data[kind.name] for kind in DEFAULT_GOALS}


@admin.register(Goal)
class GoalAdmin(admin.ModelAdmin[Goal]):
    """Weights are set on one page, which shows what they would change before they are kept."""

    list_display = ["kind", "weight"]
    ordering = ["kind"]
    change_list_template = "admin/feed/goal/change_list.html"

    def get_urls(self) -> list[URLPattern]:
        weigh = path("weigh/", self.admin_site.admin_view(self.weigh), name="feed_goal_weigh")
        return [weigh, *super().get_urls()]

    def weigh(self, request: HttpRequest) -> HttpResponse:
        """Show the weights, the effect of others, and keep them when told so."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        in_use = {kind.name: weight for kind, weight in weights_in_use().items()}
        form = GoalsForm(request.POST or None, initial=in_use)
        moves = []
        if request.method == "POST" and form.is_valid():
            if "keep" in request.POST:
                set_goals(form.weights())
                messages.success(request, _("The goals are weighed anew."))
                return redirect("admin:feed_goal_changelist")
            moves = preview_goals(form.weights())
        context = self.admin_site.each_context(request) | {"form": form, "moves": moves, "title": _("Weigh the goals")}
        return render(request, "admin/feed/goal/weigh.html", context | {"opts": self.opts})


@admin.register(ClipCount)
class ClipCountAdmin(ReadOnlyAdmin, admin.ModelAdmin[ClipCount]):
    list_display = ["clip", "shown", "satisfied", "likes", "saves", "product_opens", "purchases"]
    list_select_related = ["clip"]
    search_fields = ["clip__code", "clip__caption"]
    ordering = ["-shown"]
