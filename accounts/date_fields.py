"""Dates as staff type them: as 2026-12-01 only, because 01/12/2026 is another day in the next country."""

import re
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

ISO = "%Y-%m-%d"
"""Also the format that admin's date picker writes in every language of the shop."""
_DAY_AND_MONTH = re.compile(r"(\d{1,2})\s*[./-]\s*(\d{1,2})\s*[./-]\s*(\d{4}|\d{2})")


class ClearDateField(forms.DateField):
    """A date in ISO 8601, in any digits. Other notations are refused with what they can mean."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{**kwargs, "input_formats": [ISO]})

    def to_python(self, value: Any) -> date | None:
        text = _in_ascii_digits(value).strip() if isinstance(value, str) else value
        try:
            return super().to_python(text)
        except ValidationError as error:
            raise ValidationError(_explain(str(text)), code="invalid") from error


class ClearDateTimeField(forms.SplitDateTimeField):
    """A date like that of ClearDateField, and a time of the 24-hour clock."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.fields = (ClearDateField(required=False), self.fields[1])


def _explain(text: str) -> str:
    """Return why the text is no clear date, and how to write what it can mean."""
    readings = _read(text)
    if len(readings) == 2:
        sentence = _("“%(text)s” can be read in two ways. Write %(one)s or %(other)s.")
        return sentence % {"text": text[:40], "one": readings[0], "other": readings[1]}
    example = readings[0] if readings else localdate()
    return _("“%(text)s” is not a clear date. Write it like this: %(example)s.") % {
        "text": text[:40],
        "example": example,
    }


def _read(text: str) -> list[date]:
    """Return the dates that the text can mean: day before month, and month before day."""
    match = _DAY_AND_MONTH.fullmatch(text)
    if match is None:
        return []
    first, second, year = (int(number) for number in match.groups())
    year += 2000 if year < 100 else 0
    pairs = dict.fromkeys(((first, second), (second, first)))
    return [date(year, month, day) for day, month in pairs if _exists(year, month, day)]


def _exists(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def _in_ascii_digits(text: str) -> str:
    return "".join(str(int(letter)) if letter.isdecimal() else letter for letter in text)
