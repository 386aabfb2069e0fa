"""Admin actions that ask before they change rows, and say afterwards what was changed and what was left alone."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.large_tables import LargeTableAdmin

type Skipped = Counter[str]
"""How many of the selected rows are left alone, by the reason for it."""

SHOWN_ROWS = 100


@dataclass(frozen=True)
class Question:
    """What the confirmation page asks. `rows` names each row that would be changed, with what matters about it."""

    action: str
    title: str
    text: str
    rows: Sequence[str]
    needs_reason: bool = False
    reason_help: str = ""

    @property
    def digest(self) -> str:
        """Return a digest of what the page shows, so that nothing else is confirmed with it."""
        shown = [self.action, self.text, *self.rows]
        return salted_hmac("confirmed-action", "\n".join(shown), algorithm="sha256").hexdigest()


@dataclass(frozen=True)
class Answer:
    """The user confirmed, with this reason if the question needs one."""

    reason: str = ""


class ActionReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"), max_length=300, widget=forms.Textarea(attrs={"rows": 3, "cols": 60, "dir": "auto"})
    )

    def __init__(self, data: Any, *, help_text: str) -> None:
        super().__init__(data)
        self.fields["reason"].help_text = help_text


class AskingActions[Row: Any](LargeTableAdmin, admin.ModelAdmin[Row]):
    """Mixin for a ModelAdmin whose actions ask on a page of their own."""

    def ask(self, request: HttpRequest, question: Question, skipped: Skipped) -> Answer | TemplateResponse | None:
        """Return the answer, or the page that asks for it. Return None if there is nothing to ask about.

        The page is shown again if the rows changed since the user saw it, or if the reason is missing.
        """
        if not question.rows:
            self.report_skipped(request, skipped)
            return None
        is_answered = "confirmed" in request.POST
        form = None
        if question.needs_reason:
            form = ActionReasonForm(request.POST if is_answered else None, help_text=question.reason_help)
        has_changed = is_answered and not constant_time_compare(request.POST.get("seen", ""), question.digest)
        if is_answered and not has_changed and (form is None or form.is_valid()):
            return Answer(form.cleaned_data["reason"] if form else "")
        context = self.admin_site.each_context(request) | {
            "title": question.title,
            "opts": self.opts,
            "question": question,
            "form": form,
            "has_changed": has_changed,
            "shown": question.rows[:SHOWN_ROWS],
            "more_count": max(0, len(question.rows) - SHOWN_ROWS),
            "skipped": [_explain_skipped(count, why) for why, count in skipped.items()],
            "selected": request.POST.getlist(ACTION_CHECKBOX_NAME),
            "select_across": request.POST.get("select_across", "0"),
        }
        status = 422 if has_changed or (form and form.errors) else 200
        return TemplateResponse(request, "admin/accounts/confirm_action.html", context, status=status)

    def report_skipped(self, request: HttpRequest, skipped: Skipped) -> None:
        """Say how many of the selected rows were left alone, and why."""
        for why, count in skipped.items():
            self.message_user(request, _explain_skipped(count, why), messages.WARNING)


def _explain_skipped(count: int, why: str) -> str:
    sentence = ngettext("%(count)d was left alone: %(why)s", "%(count)d were left alone: %(why)s", count)
    return sentence % {"count": count, "why": why}
