"""The forms of a report and of its answer."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from social.models import ReportAnswer, ReportReason


class ReportForm(forms.Form):
    reason = forms.ChoiceField(label=_("What is wrong?"), widget=forms.RadioSelect)
    words = forms.CharField(
        label=_("In your own words"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
        help_text=_("Optional. Only moderators read it."),
    )

    def __init__(self, *args: Any, reasons: Sequence[ReportReason], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].choices = [(one.value, one.label) for one in reasons]  # type: ignore[attr-defined]


class AnswerForm(forms.Form):
    """The cleaned data are arguments of `social.cases.decide_case`."""

    answer = forms.ChoiceField(choices=ReportAnswer)
    words = forms.CharField(max_length=500, required=False)
    seen = forms.IntegerField(min_value=1)

    def clean_answer(self) -> ReportAnswer:
        return ReportAnswer(self.cleaned_data["answer"])
