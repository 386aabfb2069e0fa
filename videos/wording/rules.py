"""What a rule of wording is."""

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from videos.wording.normalization import fold


class Severity(StrEnum):
    """A hint helps, what must be fixed keeps a clip from being submitted, what is blocked needs a moderator's say."""

    HINT = "hint"
    MUST_FIX = "must_fix"
    BLOCK = "block"


@dataclass(frozen=True)
class Rule:
    """One rule in one language.

    `phrases` are matched as whole words, "*" inside one stands for the rest of a word and " … " for up to three words.
    `categories` are slugs of catalogue categories; empty means all. `unless` are phrases that take a hit back when they
    stand in the same text.
    """

    code: str
    language: str
    severity: Severity
    message: str
    suggestion: str
    phrases: tuple[str, ...]
    categories: frozenset[str] = frozenset()
    unless: tuple[str, ...] = ()

    def applies_to(self, categories: frozenset[str]) -> bool:
        return not self.categories or bool(self.categories & categories)

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        return _compile(self.phrases, self.language)

    @cached_property
    def exception(self) -> re.Pattern[str] | None:
        return _compile(self.unless, self.language) if self.unless else None


_PREFIXES = {"ar": "(?:[وفبكل]?(?:ال)?|لل)", "he": "[והבלמשכ]{0,3}"}
"""Letters that Arabic and Hebrew write together with the word that follows: and, the, in, to."""


def _compile(phrases: tuple[str, ...], language: str) -> re.Pattern[str]:
    prefix = _PREFIXES.get(language, "")
    alternatives = "|".join(sorted((_translate(phrase, prefix) for phrase in phrases), key=len, reverse=True))
    return re.compile(rf"(?<![\w]){prefix}(?:{alternatives})(?![\w])")


def _translate(phrase: str, prefix: str) -> str:
    """Turn a phrase into a pattern: whole words apart by anything that is no letter, signs like % and $ close by."""
    pattern, joint = "", ""
    for word in fold(phrase).text.split():
        if word in ("…", "..."):
            joint = r"(?:\W+\w+){0,3}?\W+"
            continue
        is_sign = not any(character.isalnum() or character in "*#" for character in word)
        escaped = re.escape(word).replace(r"\*", r"\w*").replace(r"\#", r"\d+(?:[.,]\d+)?")
        if is_sign:
            pattern, joint = pattern + r"\W*" * bool(pattern) + escaped, r"\W*"
            continue
        pattern, joint = pattern + joint * bool(pattern) + prefix * bool(pattern) + escaped, r"\W+"
    return pattern
