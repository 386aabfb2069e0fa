"""Matches of the wording rules as they are shipped, without rows in the database."""

from videos.wording.engine import RuleMatch
from videos.wording.engine import find_matches as find_matches_of
from videos.wording.packs import PACKS


def find_matches(text: str, categories: tuple[str, ...] = ()) -> list[RuleMatch]:
    """Return the matches of all shipped rules."""
    return find_matches_of(text, [rule for rules in PACKS.values() for rule in rules], categories=categories)
