"""The form on which shoppers ask to return units of an order."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.focused_errors import FocusesFirstError
from shop.models import Order, OrderLine
from shop.returns import ReturnableLine, ReturnRefused, list_returnable_lines

LARGEST_REASON = 300


class ReturnForm(FocusesFirstError, forms.Form):
    """A quantity for each order line, and the reason. It begins with everything that can be returned.

    `refusals` pairs the lines that cannot be returned with the sentence that says why.
    """

    reason = forms.CharField(
        label=gettext_lazy("Why do you return it? (optional)"),
        max_length=LARGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
        required=False,
    )

    def __init__(self, *args: Any, order: Order, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order = order
        lines = list_returnable_lines(order, now=now)
        self.lines = [line for line in lines if line.returnable or self.data.get(_name(line), "0") not in ("", "0")]
        shown = [line.line.pk for line in self.lines]
        self.refusals: list[tuple[OrderLine, str]] = [
            (line.line, line.explain_refusal(1)) for line in lines if line.line.pk not in shown
        ]
        for line in self.lines:
            self.fields[_name(line)] = forms.IntegerField(
                label=line.line.local_name,
                min_value=0,
                initial=line.returnable,
                required=False,
                help_text=_("of %(count)d bought") % {"count": line.line.quantity},
                widget=forms.NumberInput(attrs={"max": line.returnable, "class": "quantity", "inputmode": "numeric"}),
            )
        self.order_fields([*map(_name, self.lines), "reason"])

    @property
    def is_open(self) -> bool:
        """Return whether there is anything to fill in."""
        return bool(self.lines)

    @property
    def quantities(self) -> dict[int, int]:
        values = {line.line.pk: self.cleaned_data.get(_name(line)) for line in self.lines}
        return {line_id: quantity for line_id, quantity in values.items() if quantity}

    def clean(self) -> dict[str, Any]:
        """Require at least one unit, and no more of a line than can be returned."""
        values = super().clean() or self.cleaned_data
        for line in self.lines:
            if sentence := line.explain_refusal(values.get(_name(line)) or 0):
                self.add_error(_name(line), sentence)
        if not self.errors and not self.quantities:
            self.add_error(None, _("Enter how many you want to return."))
        return values

    def add_refusal(self, refusal: Exception) -> None:
        """Show why the request was refused after the form had been valid: at the lines, as far as it is about them."""
        names = {line.line.pk: _name(line) for line in self.lines}
        problems = refusal.problems if isinstance(refusal, ReturnRefused) else {}
        for line_id, sentence in problems.items():
            self.add_error(names.get(line_id), sentence)
        if not problems:
            self.add_error(None, str(refusal))


def _name(line: ReturnableLine) -> str:
    return f"line-{line.line.pk}"
