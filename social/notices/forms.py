"""Forms of notices: what anybody can send, and what moderators decide."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.pasted_text import PastedEmailField
from social.models import LegalNotice, NoticeAction, NoticeKind, RemovalReason
from social.notices.intake import NoticeContent
from social.notices.pages import NamedPage, read_address
from social.ratings.content import clean_words

MAX_DECISION_WORDS = 300
"""As long as the reason of a decision on a comment or rating."""


class NoticeForm(forms.Form):
    kind = forms.ChoiceField(
        label=_("What is wrong?"),
        choices=NoticeKind,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what is wrong.")},
    )
    addresses = forms.CharField(
        label=_("Addresses of the pages"),
        max_length=LegalNotice.MAX_PAGES * 500,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "ltr", "spellcheck": "false"}),
        help_text=_("Addresses of this shop, one in each line, at most 10. Copy them from your browser."),
    )
    words = forms.CharField(
        label=_("Why?"),
        max_length=LegalNotice.MAX_WORDS,
        widget=forms.Textarea(attrs={"rows": 6, "dir": "auto"}),
        help_text=_("Say what we should look at, and which law or right it is about. Files can't be added."),
    )
    right = forms.CharField(
        label=_("Your work or right"),
        max_length=500,
        required=False,
        widget=forms.TextInput(attrs={"dir": "auto"}),
        help_text=_(
            "Only for your own rights: the work, brand or picture, and whether you own it or act for its owner."
        ),
    )
    name = forms.CharField(
        label=_("Your name"),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "name", "dir": "auto"}),
    )
    email = PastedEmailField(
        label=_("Your email address"),
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        help_text=_(
            "For the receipt and our decision. Name and address may be left out for the abuse of children only."
        ),
    )
    shares_contact = forms.BooleanField(
        label=_("The author may be given my name and email address"),
        required=False,
        help_text=_(
            "Only for your own rights, so that you can settle it between you. Otherwise nobody else sees them."
        ),
    )
    is_in_good_faith = forms.BooleanField(
        label=_("I believe in good faith that what I write here is correct and complete"),
        error_messages={"required": _("Confirm that you believe in good faith what you write.")},
    )

    def clean_addresses(self) -> list[NamedPage]:
        lines = list(dict.fromkeys(str(self.cleaned_data["addresses"]).split()))
        if len(lines) > LegalNotice.MAX_PAGES:
            raise ValidationError(_("Name at most 10 pages. Send another notice for more."))
        pages = [(line, read_address(line)) for line in lines]
        for line, page in pages:
            if page is None:
                raise ValidationError(_("This is not a page of this shop: %(address)s"), params={"address": line[:200]})
        named = {page.address: page for _line, page in pages if page is not None}
        return list(named.values())

    def clean_words(self) -> str:
        words = clean_words(str(self.cleaned_data["words"]), most=LegalNotice.MAX_WORDS)
        if not words:
            raise ValidationError(_("Say why."))
        return words

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        kind = cleaned.get("kind")
        if kind and kind != NoticeKind.MINORS:
            for name, sentence in (("name", _("Enter your name.")), ("email", _("Enter your email address."))):
                if not cleaned.get(name) and name not in self.errors:
                    self.add_error(name, sentence)
        if kind == NoticeKind.RIGHTS and not cleaned.get("right"):
            self.add_error("right", _("Say which work or right of yours it is."))
        return cleaned

    @property
    def content(self) -> NoticeContent:
        """Return what was written in a valid form."""
        values = {name: self.cleaned_data[name] for name in ("words", "right", "name", "email", "shares_contact")}
        kind = NoticeKind(self.cleaned_data["kind"])
        return NoticeContent(kind=kind, pages=self.cleaned_data["addresses"], **values)


class NoticeDecisionForm(forms.Form):
    """Form for deciding on a notice. Both sides read `words`."""

    answer = forms.TypedChoiceField(
        choices=NoticeAction,
        coerce=NoticeAction,
        error_messages={"required": _("Choose a decision."), "invalid_choice": _("Choose a decision.")},
    )
    reason = forms.TypedChoiceField(
        choices=RemovalReason, coerce=RemovalReason, required=False, empty_value=RemovalReason.ILLEGAL
    )
    words = forms.CharField(
        max_length=MAX_DECISION_WORDS, error_messages={"required": _("Enter a reason. Both sides read it.")}
    )
