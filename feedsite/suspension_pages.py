"""Admin pages on which a creator is suspended, and a suspension is lifted. Each asks before it acts."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access import signed_in_user, user_with_permission
from creators.models import Creator
from creators.suspensions import SUSPEND, SuspensionRefused, find_refusal, find_suspension
from feedsite.suspensions import describe_lifted, lift_suspension, suspend_creator
from videos.models import Clip
from videos.states import PAUSING


class SuspensionForm(forms.Form):
    """What is asked before a creator is suspended."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("The creator reads it in an email."),
    )
    clips = forms.ChoiceField(
        label=gettext_lazy("Published clips"),
        choices=[
            ("hide", gettext_lazy("Hide them and the storefront until the suspension is lifted")),
            ("keep", gettext_lazy("Keep them")),
        ],
        widget=forms.RadioSelect,
    )
    is_for_fraud = forms.BooleanField(
        label=gettext_lazy("Because of fraud"),
        required=False,
        help_text=gettext_lazy("Holds the creator's pay. Otherwise what was earned is paid."),
    )


def suspend_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for the reason and what becomes of the clips, and suspend the creator on POST."""
    creator = _creator_for(request, pk)
    if find_suspension(creator.pk):
        return redirect("admin:creators_creator_change", pk)  # somebody else was faster
    form = SuspensionForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            suspend_creator(
                creator=creator,
                reason=values["reason"],
                hides_clips=values["clips"] == "hide",
                is_for_fraud=values["is_for_fraud"],
                by=signed_in_user(request),
                now=timezone.now(),
            )
        except SuspensionRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("%(creator)s was suspended.") % {"creator": creator})
            return redirect("admin:creators_creator_change", pk)
    clips = Clip.objects.filter(creator=creator)
    counts = {
        "published_count": clips.published().count(),
        "waiting_count": clips.filter(state__in=PAUSING).count(),
    }
    return _show(request, creator, {"title": _("Suspend"), "form": form} | counts, 422 if form.errors else 200)


def lift_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask, and lift the creator's suspension on POST."""
    creator = _creator_for(request, pk)
    suspension = find_suspension(creator.pk)
    if suspension is None:
        return redirect("admin:creators_creator_change", pk)
    if request.method == "POST":
        try:
            lifted = lift_suspension(creator=creator, by=signed_in_user(request), now=timezone.now())
        except SuspensionRefused as refusal:
            messages.error(request, str(refusal))
        else:
            done = _("The suspension of %(creator)s was lifted.") % {"creator": creator}
            messages.success(request, f"{done} {describe_lifted(lifted)}".strip())
        return redirect("admin:creators_creator_change", pk)
    return _show(request, creator, {"title": _("Lift suspension"), "suspension": suspension})


def _creator_for(request: HttpRequest, pk: int) -> Creator:
    """Return the creator. Raises PermissionDenied if the user may not suspend them."""
    by = user_with_permission(request, SUSPEND)
    creator = get_object_or_404(Creator.objects.select_related("user"), pk=pk)
    if find_refusal(creator=creator, by=by):
        raise PermissionDenied
    return creator


def _show(request: HttpRequest, creator: Creator, context: dict[str, Any], status: int = 200) -> HttpResponse:
    base = admin.site.each_context(request) | {
        "opts": Creator._meta,
        "original": creator,
        "back": reverse("admin:creators_creator_change", args=[creator.pk]),
    }
    return TemplateResponse(request, "admin/creators/creator/suspend.html", base | context, status=status)
