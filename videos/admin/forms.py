"""Forms of the review desk."""

from typing import Any

from django import forms
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from videos.models import Clip, DecisionAction, Reason, Revision
from videos.models.review import OUTCOMES
from videos.review.decisions import DecisionInput


class DecisionForm(forms.Form):
    """A form for a decision on one clip. Its cleaned data become the arguments of `videos.review.decisions.decide`."""

    revision = forms.ModelChoiceField[Revision](Revision.objects.none())
    action = forms.ChoiceField(choices=DecisionAction)
    reason = forms.ModelChoiceField[Reason](Reason.objects.filter(is_active=True), required=False, to_field_name="code")
    at_ms = forms.IntegerField(required=False, min_value=0)
    words = forms.CharField(required=False, max_length=1000)

    def __init__(self, *args: Any, clip: Clip, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["revision"].queryset = clip.revisions.all()  # type: ignore[attr-defined]  # it is the field above

    def clean_action(self) -> DecisionAction:
        return DecisionAction(self.cleaned_data["action"])


class BulkForm(forms.Form):
    """A form for making the same decision on several clips."""

    action = forms.ChoiceField(
        label=_("Action"),
        choices=[
            ("", _("Choose a decision")),
            (DecisionAction.APPROVE, DecisionAction.APPROVE.label),
            (DecisionAction.REQUEST_CHANGES, DecisionAction.REQUEST_CHANGES.label),
            (DecisionAction.REJECT, DecisionAction.REJECT.label),
        ],
    )
    reason = forms.ModelChoiceField[Reason](
        Reason.objects.filter(is_active=True).order_by("position"), label=_("Reason"), required=False
    )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if values.get("action") not in (None, DecisionAction.APPROVE) and not values.get("reason"):
            self.add_error("reason", _("Choose a reason."))
        return values

    def as_hidden(self) -> SafeString:
        """Return the fields as hidden inputs, for the page that asks about them."""
        return SafeString("".join(field.as_hidden() for field in self))

    def label(self) -> str:
        """Return the decision as the button of the question says it. Call it only on a valid form."""
        return str(self.choice().action.label)

    def outcome(self) -> str:
        """Return the decision as its outcome. Call it only on a valid form."""
        return str(OUTCOMES[self.choice().action])

    def choice(self) -> DecisionInput:
        """Return the decision that the moderator entered. Call it only on a valid form."""
        return DecisionInput(DecisionAction(self.cleaned_data["action"]), self.cleaned_data["reason"])
