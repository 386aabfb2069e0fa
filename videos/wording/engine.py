"""Matching of wording rules against texts."""

from collections.abc import Iterable
from dataclasses import dataclass

from videos.wording.normalization import FoldedText, fold
from videos.wording.rules import Rule, Severity

_ORDER = {Severity.BLOCK: 0, Severity.MUST_FIX: 1, Severity.HINT: 2}


@dataclass(frozen=True)
class RuleMatch:
    """One match of a rule in a text. `start` and `end` are character offsets in the original text."""

    rule: Rule
    start: int
    end: int
    words: str


def find_matches(text: str, rules: Iterable[Rule], *, categories: Iterable[str] = ()) -> list[RuleMatch]:
    """Return the matches of the rules in a text, most severe first, then by position.

    `categories` are the slugs of the tagged products' categories and of all categories above them. Pass rules of all
    languages, because captions mix languages.
    """
    folded = fold(text)
    slugs = frozenset(categories)
    matches = [match for rule in rules if rule.applies_to(slugs) for match in _apply(rule, folded, text)]
    return sorted(matches, key=lambda match: (_ORDER[match.rule.severity], match.start))


def rule_matches(rule: Rule, text: str) -> bool:
    """Return whether the rule matches the text. The rule's categories do not matter."""
    return bool(_apply(rule, fold(text), text))


def _apply(rule: Rule, folded: FoldedText, text: str) -> list[RuleMatch]:
    if rule.exception and rule.exception.search(folded.text):
        return []
    spans = [folded.original_span(match.start(), match.end()) for match in rule.pattern.finditer(folded.text)]
    return [RuleMatch(rule, start, end, text[start:end]) for start, end in spans]
