"""The content of a comment: what is accepted, and what waits for a moderator."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from creators.models import Creator
from creators.suspensions import is_linked_to_suspended
from social.comments.mentions import without_products
from social.models import Comment, CommentHold
from social.ratings.content import clean_words
from videos.models import Clip
from videos.review.caption_rules import active_rules, submission_blockers
from videos.wording.engine import RuleMatch, find_matches

REPEATED_WITHIN = timedelta(days=1)
REPEATED_FROM = 3
"""From which comment on the same words of one author wait."""
_LINK = re.compile(
    r"(?i)\b(?:https?://|www\.)\S|\b[a-z0-9-]{2,}\.(?:com|net|org|info|shop|store|link|me|io|co|ly|ru|cn|xyz)\b"
)
_PHONE_NUMBER = re.compile(r"(?<![\w.,])(?:\+|00)?\d(?:[\s()./-]{0,2}\d){8,14}(?![\w])")
"""Nine to fifteen digits, of any script; a date has eight. Source: ITU-T E.164."""


def clean_comment(text: str) -> str:
    """Return the words as they are stored. Raises ValidationError if nothing is left, or too much."""
    words = clean_words(text, most=Comment.MAX_WORDS)
    if not words:
        raise ValidationError(_("Write something first."))
    return words


def match_wording(texts: Sequence[str]) -> list[list[RuleMatch]]:
    """Return for each text the matches of the wording rules of all categories. Hints are left out. Takes one query."""
    rules = active_rules(None)
    return [submission_blockers(find_matches(words, rules)) for words in texts]


def choose_hold(
    words: str, matches: Sequence[RuleMatch], *, author: Creator, clip: Clip, now: datetime, pk: int | None = None
) -> CommentHold | None:
    """Return why what an author wrote waits for a moderator, or None if everybody sees it at once.

    `pk` is the comment's if it is being edited. Who made the post is no newcomer below it.
    """
    if matches:
        return CommentHold.WORDING
    plain = without_products(words)
    if _LINK.search(plain):
        return CommentHold.LINK
    if _PHONE_NUMBER.search(plain):
        return CommentHold.PHONE_NUMBER
    others = Comment.objects.filter(author=author).exclude(pk=pk or 0)
    same = others.filter(words=words, created_at__gt=now - REPEATED_WITHIN)
    if same.count() >= REPEATED_FROM - 1:
        return CommentHold.REPEATED
    if is_linked_to_suspended(author.pk):
        return CommentHold.NEWCOMER
    needed = settings.COMMENTS_TRUSTED_AFTER
    if author.pk != clip.creator_id and len(others.public().values_list("pk")[:needed]) < needed:
        return CommentHold.NEWCOMER
    return None
