"""Staff review of what merchants list: the queue, each change with the text before and after, and the decision."""

from collections import Counter
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy, gettext_noop, ngettext
from django.utils.translation import gettext_lazy as _

from accounts.access import user_with_permission
from accounts.confirmed_actions import Answer, AskingActions, Question
from accounts.history import history_line
from accounts.readonly_admin import ReadOnlyAdmin
from catalog.admin.listing_differences import describe_change
from catalog.merchants.listing_mail import mail_decisions
from catalog.merchants.listing_reviews import ListingDecisionRefused, approve_change, decline_change
from catalog.models import ChangeState, ListingChange

DECIDE = "catalog.change_listingchange"


class ListingDecisionForm(forms.Form):
    answer = forms.ChoiceField(choices=[("approve", ""), ("decline", "")])
    version = forms.IntegerField(min_value=1)
    reason = forms.CharField(max_length=500, required=False)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if values.get("answer") == "decline" and not values.get("reason"):
            raise forms.ValidationError(gettext("Write a reason. The merchant reads it."))
        return values


@admin.register(ListingChange)
class ListingChangeAdmin(AskingActions[ListingChange], ReadOnlyAdmin, admin.ModelAdmin[ListingChange]):
    """Changes are decided on their own page, new products also several at once."""

    change_form_template = "admin/catalog/listingchange/change_form.html"
    list_display = ["product", "merchant_name", "is_new", "state", "sent_at", "decided_by"]
    list_filter = ["state", "is_new"]
    list_select_related = ["product__merchant", "decided_by"]
    list_per_page = 50
    search_fields = ["product__name", "product__slug", "product__merchant__name"]
    fields = ["product", "merchant_name", "state", "sent_by", "sent_at", "decided_by", "decided_at", "reason"]
    readonly_fields = ["merchant_name"]
    ordering = ["-sent_at", "-pk"]
    actions = ["approve"]

    @admin.display(description=_("merchant"), ordering="product__merchant__name")
    def merchant_name(self, change: ListingChange) -> str:
        return str(change.product.merchant)

    def has_decide_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm(DECIDE))

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.decide_page)
        return [path("<int:pk>/decide/", view, name="catalog_listingchange_decide"), *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show a change with the text and pictures before and after, and the form for a decision."""
        change = self.get_object(request, object_id)
        context: dict[str, Any] = {"can_decide": self.has_decide_permission(request)}
        if change is not None:
            context |= {"listing": change, "waits": change.state == ChangeState.IN_REVIEW, **describe_change(change)}
        return super().change_view(request, object_id, form_url, context | (extra_context or {}))

    def decide_page(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Approve or decline one change, and go on with the next that waits."""
        user = user_with_permission(request, DECIDE)
        change, form = get_object_or_404(ListingChange, pk=pk), ListingDecisionForm(request.POST)
        if request.method != "POST" or not form.is_valid():
            for errors in form.errors.values() if form.is_bound and request.method == "POST" else ():
                messages.error(request, " ".join(map(str, errors)))
            return redirect("admin:catalog_listingchange_change", pk)
        values = {"change_id": pk, "version": form.cleaned_data["version"], "decided_by": user, "now": timezone.now()}
        try:
            if form.cleaned_data["answer"] == "approve":
                change = approve_change(**values)
            else:
                change = decline_change(reason=form.cleaned_data["reason"], **values)
        except ListingDecisionRefused as refusal:
            messages.error(request, str(refusal))
            return redirect("admin:catalog_listingchange_change", pk)
        self._record(request, change)
        mail_decisions([change])
        messages.success(request, gettext("The decision was made, and the merchant told."))
        following = ListingChange.objects.filter(state=ChangeState.IN_REVIEW).order_by("sent_at", "pk").first()
        return redirect("admin:catalog_listingchange_change", following.pk) if following else redirect("admin:index")

    @admin.action(description=gettext_lazy("Approve"), permissions=["decide"])
    def approve(self, request: HttpRequest, changes: QuerySet[ListingChange]) -> HttpResponse | None:
        """Approve the selected changes after a page that names them, and what is new about each."""
        rows = list(changes.select_related("product"))
        chosen = [change for change in rows if change.state == ChangeState.IN_REVIEW]
        others = len(rows) - len(chosen)
        skipped = Counter({gettext("it was decided already."): others} if others else {})
        text = ngettext("Make %(count)d change public?", "Make %(count)d changes public?", len(chosen))
        named = [f"{change.product.name} · {_summarize(change)}" for change in chosen]
        question = Question("approve", gettext("Approve"), text % {"count": len(chosen)}, named)
        answer = self.ask(request, question, skipped)
        if not isinstance(answer, Answer):
            return answer
        done, user = [], user_with_permission(request, DECIDE)
        for change in chosen:
            try:
                values = {"change_id": change.pk, "version": change.version}
                done.append(approve_change(decided_by=user, now=timezone.now(), **values))
            except ListingDecisionRefused as refusal:
                skipped[str(refusal)] += 1
        for change in done:
            self._record(request, change)
        mail_decisions(done)
        sentence = ngettext("%(count)d change is public.", "%(count)d changes are public.", len(done))
        self.message_user(request, sentence % {"count": len(done)}, messages.SUCCESS)
        self.report_skipped(request, skipped)
        return None

    def _record(self, request: HttpRequest, change: ListingChange) -> None:
        """Note the decision in the history of the change and of its product."""
        words = gettext_noop("Declined: %(reason)s") if change.reason else gettext_noop("Approved.")
        line = history_line(words, reason=change.reason) if change.reason else words
        self.log_change(request, change, line)
        user = user_with_permission(request, DECIDE)
        LogEntry.objects.log_actions(user.pk, [change.product], CHANGE, line, single_object=True)


def _summarize(change: ListingChange) -> str:
    """Return what the page that asks names of a change, which also tells a newer version from the one that was shown."""
    names = gettext("new product") if change.is_new else ", ".join(change.values) or gettext("pictures")
    return f"{names} ({change.version})"
