"""Hashtags that a search finds: those that begin with its words, together or each by itself."""

from collections.abc import Sequence
from functools import reduce
from operator import or_

from django.db.models import Q

from videos.models import Hashtag
from videos.wording.hashtags import SIGNS, fold_hashtag

MAX_HASHTAGS = 8
MAX_WORDS = 5
MIN_LETTERS = 2


def find_hashtags(words: str) -> Sequence[Hashtag]:
    """Return the hashtags with posts, those with the most posts first, at most 8. A single letter finds none."""
    typed = [word.lstrip(SIGNS) for word in words.split()[:MAX_WORDS]]
    keys = {key for key in map(fold_hashtag, ["".join(typed), "_".join(typed), *typed]) if len(key) >= MIN_LETTERS}
    if not keys:
        return []
    begins = reduce(or_, (Q(key__startswith=key) for key in sorted(keys)))
    hashtags = Hashtag.objects.allowed().filter(begins, post_count__gt=0)
    return list(hashtags.order_by("-post_count", "pk")[:MAX_HASHTAGS])
