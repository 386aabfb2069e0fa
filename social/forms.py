"""Forms for making and answering reports, and for deciding on what waits."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from social.models import CommentState, RemovalReason, ReportAnswer, ReportReason


class ReportForm(forms.Form):
    reason = forms.ChoiceField(label=_("What is wrong?"), widget=forms.RadioSelect)
    words = forms.CharField(
        label=_("Details"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
        help_text=_("Optional. Only moderators see this."),
    )

    def __init__(self, *args: Any, reasons: Sequence[ReportReason], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].choices = [(reason.value, reason.label) for reason in reasons]  # type: ignore[attr-defined]


class AnswerForm(forms.Form):
    """Form for answering a case. The view passes its cleaned data to `social.cases.decide_case` as arguments."""

    answer = forms.ChoiceField(
        choices=ReportAnswer,
        error_messages={"required": _("Choose an answer."), "invalid_choice": _("Choose an answer.")},
    )
    words = forms.CharField(max_length=500, required=False)
    last_report_id = forms.IntegerField(min_value=1)

    def clean_answer(self) -> ReportAnswer:
        return ReportAnswer(self.cleaned_data["answer"])


class HeldDecisionForm(forms.Form):
    """Form for deciding on a comment or rating that waits. `reason` and `words` are for its author, if it is removed."""

    answer = forms.ChoiceField(
        choices=[(state, state.label) for state in (CommentState.VISIBLE, CommentState.REMOVED)],
        error_messages={"required": _("Choose a decision."), "invalid_choice": _("Choose a decision.")},
    )
    reason = forms.TypedChoiceField(
        choices=RemovalReason, coerce=RemovalReason, required=False, empty_value=RemovalReason.OTHER
    )
    words = forms.CharField(max_length=300, required=False)
    revision = forms.IntegerField(min_value=1)
