"""Running rules over a text."""

from collections.abc import Iterable
from dataclasses import dataclass

from videos.wording.normalization import Folded, fold
from videos.wording.packs import PACKS
from videos.wording.rules import Rule, Severity

_ORDER = {Severity.BLOCK: 0, Severity.MUST_FIX: 1, Severity.HINT: 2}


@dataclass(frozen=True)
class RuleMatch:
    """A rule that fired; `start` and `end` count characters of the text as it was typed."""

    rule: Rule
    start: int
    end: int
    words: str


def find_matches(
    text: str, *, categories: Iterable[str] = (), extra: Iterable[Rule] = (), languages: Iterable[str] = PACKS
) -> list[RuleMatch]:
    """Return the matches, most severe first, then by position.

    Every language's rules run, since captions mix languages. `categories` are the slugs of the tagged products'
    categories and everything above them; `extra` are rules of a campaign.
    """
    folded = fold(text)
    slugs = frozenset(categories)
    shipped = [rule for language in languages for rule in PACKS[language]]
    hits = [hit for rule in (*shipped, *extra) if rule.applies_to(slugs) for hit in _apply(rule, folded, text)]
    return sorted(hits, key=lambda hit: (_ORDER[hit.rule.severity], hit.start))


def rule_matches(rule: Rule, text: str) -> bool:
    """Return True if the rule matches the text, regardless of category."""
    return bool(_apply(rule, fold(text), text))


def _apply(rule: Rule, folded: Folded, text: str) -> list[RuleMatch]:
    if rule.exception and rule.exception.search(folded.text):
        return []
    spans = [folded.original_span(found.start(), found.end()) for found in rule.pattern.finditer(folded.text)]
    return [RuleMatch(rule, start, end, text[start:end]) for start, end in spans]
