"""Admin's pages for taking down many clips at once. Both ask before they act."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.access import user_with_permission
from videos.models import Clip, Decision, DecisionAction, Reason
from videos.review.decisions import decided_together
from videos.review.mail import mail_restored
from videos.review.take_downs import take_down, undo_take_down
from videos.states import ClipState

AT_MOST = 500
"""How many clips one request takes down."""


class TakeDownForm(forms.Form):
    reason = forms.ModelChoiceField[Reason](
        Reason.objects.filter(is_active=True).order_by("position"), label=gettext_lazy("Reason")
    )
    words = forms.CharField(
        label=gettext_lazy("Message to the creators"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("They read it in an email, below the reason."),
    )


def take_down_page(request: HttpRequest, selected: QuerySet[Clip]) -> HttpResponse:
    """Ask for a reason, and take down the selected clips that are published once it is confirmed."""
    moderator = user_with_permission(request, "videos.review_clip")
    published = selected.filter(state=ClipState.PUBLISHED)
    count, all_count = published.count(), selected.count()
    is_confirmed = "confirmed" in request.POST and request.POST.get("count") == str(count)
    form = TakeDownForm(request.POST if "confirmed" in request.POST else None)
    if count and is_confirmed and form.is_valid():
        clips = list(published.order_by("-published_at", "-pk")[:AT_MOST])
        done = take_down(clips=clips, moderator=moderator, now=timezone.now(), **form.cleaned_data)
        for sentence in done.refusals:
            messages.error(request, sentence)
        if done.decisions:
            count = len(done.decisions)
            words = ngettext("%(count)d clip taken down.", "%(count)d clips taken down.", count)
            undo = reverse("admin:videos_take_down_undo", args=[done.decisions[0].pk])
            sentence = words % {"count": count}
            messages.success(request, format_html('{} <a href="{}">{}</a>', sentence, undo, _("Undo")))
        return redirect(request.get_full_path())
    context = admin.site.each_context(request) | {
        "title": _("Take down"),
        "opts": Clip._meta,
        "form": form,
        "count": count,
        "taken_count": min(count, AT_MOST),
        "skipped_count": all_count - count,
        "has_changed": "confirmed" in request.POST and not is_confirmed,
        "hidden": [(ACTION_CHECKBOX_NAME, value) for value in request.POST.getlist(ACTION_CHECKBOX_NAME)],
        "select_across": request.POST.get("select_across", "0"),
        "back": request.get_full_path(),
    }
    status = 422 if form.errors else 200
    return TemplateResponse(request, "admin/videos/take_down.html", context, status=status)


def undo_take_down_page(request: HttpRequest, decision_id: int) -> HttpResponse:
    """Ask, and publish the clips of a take-down again on POST."""
    moderator = user_with_permission(request, "videos.review_clip")
    decision = get_object_or_404(Decision, pk=decision_id, action=DecisionAction.REMOVE)
    back = reverse("admin:videos_clip_changelist")
    if request.method == "POST":
        was_mailed = set(decided_together(decision).exclude(mailed_at=None).values_list("clip", flat=True))
        clips = undo_take_down(decision=decision, moderator=moderator, now=timezone.now())
        for clip in clips:
            if clip.pk in was_mailed:
                mail_restored(clip)
        words = ngettext("%(count)d clip is live again.", "%(count)d clips are live again.", len(clips))
        messages.success(request, words % {"count": len(clips)})
        return redirect(back)
    context: dict[str, Any] = admin.site.each_context(request) | {
        "title": _("Undo take-down"),
        "opts": Clip._meta,
        "decision": decision,
        "count": decided_together(decision).filter(clip__state=ClipState.REMOVED).count(),
        "back": back,
    }
    return TemplateResponse(request, "admin/videos/take_down.html", context)
