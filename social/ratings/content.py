"""The content of a rating: what is accepted, and what waits for a moderator."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.pasted_text import visible_text
from catalog.models import Category, Product
from creators.models import Creator
from creators.suspensions import is_linked_to_suspended
from social.models import HoldReason, Rating, RatingState
from social.report_weights import NEW_FOR
from videos.review.caption_rules import active_rules, submission_blockers
from videos.wording.engine import RuleMatch, find_matches

MAX_WORDS = Rating._meta.get_field("words").max_length or 0


@dataclass(frozen=True)
class RatingContent:
    """What a person writes. `words` may be empty."""

    stars: int
    words: str
    author_name: str


def clean_words(text: str, *, most: int = MAX_WORDS) -> str:
    """Return the words line by line as `visible_text` does. Raises ValidationError if they are too long."""
    lines = "\n".join(visible_text(line) for line in text.splitlines())
    words = re.sub(r"\n{3,}", "\n\n", lines).strip()
    if len(words) > most:
        raise ValidationError(_("Use at most %(most)d characters.") % {"most": most})
    return words


def match_wording(texts: Sequence[tuple[str, Product]]) -> list[list[RuleMatch]]:
    """Return for each text about a product the matches of the rules that a clip's caption would have to keep.

    Hints are left out. Takes two queries for any number of texts.
    """
    rules, branches = active_rules(None), _read_branches()
    return [
        submission_blockers(find_matches(words, rules, categories=branches[product.category_id]))
        for words, product in texts
    ]


def _read_branches() -> dict[int, list[str]]:
    """Return for each category's id its slug and the slugs of the categories above it."""
    rows = {pk: (slug, parent) for pk, slug, parent in Category.objects.values_list("pk", "slug", "parent_id")}

    def climb(pk: int | None) -> list[str]:
        return [] if pk is None else [rows[pk][0], *climb(rows[pk][1])]

    return {pk: climb(pk) for pk in rows}


def choose_hold(rating: Rating, matches: Sequence[RuleMatch], *, now: datetime) -> HoldReason | None:
    """Return why a rating that was just written waits for a moderator, or None if everybody sees it at once.

    `rating` has the state that it had before. Who has bought the product here is no newcomer, unless signs
    say that they are suspended under another profile.
    """
    if rating.state == RatingState.REMOVED or rating.hold_reason == HoldReason.AFTER_REMOVAL:
        return HoldReason.AFTER_REMOVAL
    if matches:
        return HoldReason.WORDING
    profile = Creator.objects.filter(user=rating.user_id).first()
    if profile is not None and is_linked_to_suspended(profile.pk):
        return HoldReason.NEWCOMER
    is_new = rating.user.date_joined > now - NEW_FOR
    if is_new and not Rating.objects.filter(pk=rating.pk).bought_here().exists():
        return HoldReason.NEWCOMER
    return None
