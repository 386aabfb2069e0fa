"""Staff pages of removals: the desk of appeals, and removing a message or parts of a profile."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts.access import signed_in_user, user_with_permission
from accounts.models import User
from creators.models import Creator
from shop.models import MessageThread, ThreadMessage
from social.desk import DeskView
from social.models import Removal
from social.models.removal import RemovalQuerySet
from social.refusals import ModerationRefused
from social.removals.appeals import decide_appeal
from social.removals.forms import AppealDecisionForm, ProfileRemovalForm, RemovalForm
from social.removals.messages import remove_message
from social.removals.profiles import remove_from_profile


class AppealDesk(DeskView[Removal]):
    """The appeals that wait, oldest first. Those against a moderator's own removals and of their own are left out."""

    title, decided = gettext_lazy("Appeals"), gettext_lazy("The appeal was decided on, and its author told.")
    permission, template = "social.change_removal", "admin/social/appeals.html"
    list_route, decide_route = "social_appeals", "social_decide_appeal"
    form_class = AppealDecisionForm

    def waiting(self) -> QuerySet[Removal]:
        return self.all_rows().waiting_for(signed_in_user(self.request)).order_by("appealed_at", "pk")

    def all_rows(self) -> RemovalQuerySet:
        return Removal.objects.with_subject().select_related("removed_by", "owner")

    def decide(self, row: Removal, values: dict[str, Any], moderator: User) -> None:
        is_granted, words = values["answer"] == "restore", values["words"]
        decide_appeal(removal_id=row.pk, is_granted=is_granted, words=words, moderator=moderator, now=timezone.now())


@require_http_methods(["GET", "HEAD", "POST"])
def remove_message_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Remove a message of a reported thread, with a reason."""
    moderator = user_with_permission(request, "shop.change_messagethread")
    threads = MessageThread.objects.reported()
    message = get_object_or_404(ThreadMessage.objects.filter(thread__in=threads).exclude(words=""), pk=pk)
    form = RemovalForm(request.POST if request.method == "POST" else None)
    back = ("admin:shop_messagethread_change", message.thread_id)
    if form.is_valid():
        try:
            remove_message(message_id=message.pk, moderator=moderator, now=timezone.now(), **form.cleaned_data)
        except ModerationRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("It was removed, and its author told."))
            return redirect(*back)
    return _ask(request, form, {"title": _("Remove a message"), "words": message.words, "back": back})


@require_http_methods(["GET", "HEAD", "POST"])
def remove_from_profile_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Remove name, text or picture of a profile, with a reason."""
    moderator = user_with_permission(request, "creators.change_creator")
    creator = get_object_or_404(Creator.objects.filter(user__erased_at=None), pk=pk)
    form = ProfileRemovalForm(request.POST if request.method == "POST" else None, creator=creator)
    back = ("admin:creators_creator_change", creator.pk)
    if form.is_valid():
        try:
            remove_from_profile(creator_id=creator.pk, moderator=moderator, now=timezone.now(), **form.cleaned_data)
        except ModerationRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("It was removed, and its author told."))
            return redirect(*back)
    context = {"title": _("Remove from a profile"), "words": str(creator), "creator": creator, "back": back}
    return _ask(request, form, context)


def _ask(request: HttpRequest, form: forms.Form, context: dict[str, Any]) -> HttpResponse:
    page = admin.site.each_context(request) | {"form": form} | context
    return render(request, "admin/social/remove.html", page, status=422 if form.errors else 200)
