"""Wording rules: severity, phrases and compiled pattern."""

import re
from dataclasses import KW_ONLY, dataclass
from enum import StrEnum
from functools import cached_property

from videos.wording.normalization import MAX_GAP, fold


class Severity(StrEnum):
    """The effect of a rule: HINT only advises, MUST_FIX prevents submission, and BLOCK prevents approval as well."""

    HINT = "hint"
    MUST_FIX = "must_fix"
    BLOCK = "block"


@dataclass(frozen=True)
class Rule:
    """One rule in one language.

    `phrases` match whole words. "*" stands for the rest of a word, "#" for a number and " … " for up to three words.
    `categories` are slugs of catalogue categories. If it is empty, the rule applies to all categories. If a text
    contains one of the `unless` phrases, the rule does not match it.
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
        """Return whether the rule applies to all categories or to one of these."""
        return not self.categories or bool(self.categories & categories)

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        return _compile(self.phrases, self.language)

    @cached_property
    def exception(self) -> re.Pattern[str] | None:
        return _compile(self.unless, self.language) if self.unless else None


@dataclass(frozen=True)
class ShippedRule(Rule):
    """A rule that comes with the product, and sentences that show what it is about."""

    _: KW_ONLY
    must_match: str
    must_not_match: str


_PREFIXES = {"ar": "(?:[وفبكل]?(?:ال)?|لل)", "he": "[והבלמשכ]{0,3}"}
"""Patterns for the particles (and, the, in, to) that Arabic and Hebrew attach to the following word."""

_GAP, _OPTIONAL_GAP = rf"\W{{1,{MAX_GAP}}}", rf"\W{{0,{MAX_GAP}}}"
"""What may stand between two words. Without a limit, a text of signs takes time by the square of its length."""


def _compile(phrases: tuple[str, ...], language: str) -> re.Pattern[str]:
    prefix = _PREFIXES.get(language, "")
    alternatives = "|".join(sorted((_translate(phrase, prefix) for phrase in phrases), key=len, reverse=True))
    return re.compile(rf"(?<![\w]){prefix}(?:{alternatives})(?![\w])")


def _translate(phrase: str, prefix: str) -> str:
    """Return the regular expression for a phrase.

    Words must be separated by at least one character that is not a letter or digit. Signs such as % and $ may touch a
    word.
    """
    pattern, joint = "", ""
    for word in fold(phrase).text.split():
        if word in ("…", "..."):
            joint = rf"(?:{_GAP}\w{{1,60}}){{0,3}}?{_GAP}"
            continue
        is_sign = not any(character.isalnum() or character in "*#" for character in word)
        escaped = re.escape(word).replace(r"\*", r"\w*").replace(r"\#", r"\d+(?:[.,]\d+)?")
        if is_sign:
            pattern, joint = pattern + _OPTIONAL_GAP * bool(pattern) + escaped, _OPTIONAL_GAP
            continue
        pattern, joint = pattern + joint * bool(pattern) + prefix * bool(pattern) + escaped, _GAP
    return pattern
