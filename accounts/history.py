"""Lines of admin's history in the reader's language: stored as an English sentence with its values."""

import json
from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext, ngettext, override

from accounts.lists import join_list

type Words = str | tuple[str, str]
"""An English sentence that is marked for translation, or its forms for one and for several."""


def ngettext_noop(singular: str, plural: str) -> tuple[str, str]:
    """Mark both forms for translation, and return them for `history_line`."""
    return singular, plural


def history_line(words: Words, **values: str | int | Sequence[str]) -> str:
    """Return what the history stores of a sentence with these values. Two forms need a `count` among them.

    A value that is a list has words that are marked for translation, such as the names of roles.
    """
    line = {"words": [words] if isinstance(words, str) else list(words), "values": values}
    return json.dumps(line, ensure_ascii=False)


def english(words: object) -> str:
    """Return the English words of a lazy translation, to be stored."""
    with override("en"):
        return str(words)


def read_history_line(stored: str) -> str:
    """Return a stored line in the active language. Lines of Django itself and of former versions stay as they are."""
    if not stored.startswith('{"words"'):
        return gettext(stored) if stored else ""
    line: dict[str, Any] = json.loads(stored)
    words = line["words"]
    values = {name: _read_value(value) for name, value in line["values"].items()}
    sentence = ngettext(words[0], words[1], values["count"]) if len(words) > 1 else gettext(words[0])
    return str(sentence % values)


def _read_value(value: Any) -> Any:
    return (join_list(map(gettext, value)) or gettext("none")) if isinstance(value, list) else value
