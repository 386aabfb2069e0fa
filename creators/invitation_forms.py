"""The form in which staff paste the addresses of people to invite."""

import re
from collections.abc import Collection, Iterator
from email.utils import parseaddr
from typing import Any

from allauth.account.models import EmailAddress
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.db.models.functions import Lower
from django.utils.functional import lazy
from django.utils.html import escape
from django.utils.text import Truncator
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.pasted_text import validate_mailable, without_invisible
from creators.models import Campaign, Enrolment, Invitation

MOST_AT_ONCE = 200
EMAIL_MAX_LENGTH = 254
QUOTED = re.compile(r'"[^"]*"')
PART = re.compile(r"""[^",;،؛<>]*(?:"[^"]*"[^",;،؛<>]*)*<[^<>]*>|[^,;،؛]+""")
"""A name with an address in angle brackets, or what stands between two commas or semicolons."""
is_email = EmailValidator()


class InvitationForm(forms.Form):
    """Addresses, with or without names, and separated as people paste them. Each that cannot be invited is named with a sentence."""

    addresses = forms.CharField(
        label=gettext_lazy("Email addresses"),
        max_length=MOST_AT_ONCE * 320,
        widget=forms.Textarea(attrs={"rows": 8, "cols": 60, "dir": "ltr", "spellcheck": "false"}),
        help_text=lazy(escape, str)(
            gettext_lazy(
                "Separated by line breaks, spaces, commas or semicolons, also as “Name <address>”; at most 200 at once."
            )
        ),
    )

    def __init__(self, data: Any = None, *, campaign: Campaign) -> None:
        super().__init__(data)
        self.campaign = campaign

    def clean_addresses(self) -> list[str]:
        """Return the addresses in lower case, each once."""
        typed = list(_split(self.cleaned_data["addresses"]))
        if not typed:
            raise ValidationError(_("Enter at least one address."))
        if len(typed) > MOST_AT_ONCE:
            sentence = _("Enter at most %(most)d addresses at once. You entered %(count)d.")
            raise ValidationError(sentence % {"most": MOST_AT_ONCE, "count": len(typed)})
        emails = {text.lower() for _line, text in typed}
        hindrances = _find_hindrances(self.campaign, emails)
        problems = [_find_problem(line, text, hindrances.get(text.lower(), "")) for line, text in typed]
        if any(problems):
            raise ValidationError([problem for problem in problems if problem])
        return sorted(emails)


def _split(text: str) -> list[tuple[int, str]]:
    """Return each address as it was typed, with the number of its line."""
    lines = enumerate(without_invisible(text).splitlines(), start=1)
    return [(number, address) for number, line in lines for address in _read_line(line)]


def _read_line(line: str) -> Iterator[str]:
    """Yield the addresses of a line, without names. What cannot be read as addresses is yielded as it is."""
    for part in (text.strip() for text in PART.findall(line)):
        words = part.split()
        if part.endswith(">"):
            before = part[: part.rindex("<")]
            _name, address = parseaddr(part[part.rindex("<") :])
            unquoted = QUOTED.sub(" ", before).split()
            yield from (word for word in unquoted if "@" in word and word.lower() != address.lower())
            yield address or part
        elif all("@" in word for word in words):
            yield from words
        else:
            yield part


def _find_problem(line: int, text: str, hindrance: str) -> str:
    """Return a sentence that names an address that cannot be invited, or "". `hindrance` says so with %(line)d."""
    words = {"line": line, "address": Truncator(text).chars(80)}
    if hindrance:
        return hindrance % words
    try:
        is_email(text)
        validate_mailable(text)
    except ValidationError:
        return _("Line %(line)d: “%(address)s” is not an email address.") % words
    if len(text) > EMAIL_MAX_LENGTH:
        return _("Line %(line)d: “%(address)s” is too long for an email address.") % words
    return ""


def _find_hindrances(campaign: Campaign, emails: Collection[str]) -> dict[str, str]:
    """Return, for each address whose owner has been invited or has joined already, a sentence with placeholders."""
    invitations = Invitation.objects.filter(campaign=campaign, email__in=emails)
    declined = _("Line %(line)d: %(address)s declined. If they changed their mind, send it again in the list below.")
    invited = _("Line %(line)d: %(address)s has an open invitation. You can send it again in the list below.")
    joined = _("Line %(line)d: %(address)s has already joined this campaign.")
    return {
        **dict.fromkeys(invitations.exclude(declined_at=None).values_list("email", flat=True), declined),
        **dict.fromkeys(invitations.open_at(now()).values_list("email", flat=True), invited),
        **dict.fromkeys(_find_joined(campaign, emails), joined),
    }


def _find_joined(campaign: Campaign, emails: Collection[str]) -> set[str]:
    """Return the addresses with which somebody accepted an invitation, or that a creator who has joined has."""
    accepted = Invitation.objects.filter(campaign=campaign, email__in=emails, accepted_at__isnull=False)
    enrolled = Enrolment.objects.filter(campaign=campaign).annotate(lower_email=Lower("creator__user__email"))
    creators = Enrolment.objects.filter(campaign=campaign).values("creator__user")
    verified = EmailAddress.objects.filter(email__in=emails, verified=True, user__in=creators)
    return {
        *accepted.values_list("email", flat=True),
        *enrolled.filter(lower_email__in=emails).values_list("lower_email", flat=True),
        *verified.values_list("email", flat=True),
    }
