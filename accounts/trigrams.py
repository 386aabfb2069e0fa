"""Searches in the middle of words, as the lists of admin make them: their indexes and conditions."""

from collections.abc import Iterable
from itertools import islice

from django.contrib.admin.utils import lookup_spawns_duplicates
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Upper
from django.utils.text import smart_split, unescape_string_literal

SHORT = 3
"""Words of fewer letters have no trigram, which the indexes are made of. They match the beginning of a word."""
MAX_WORDS = 8
MAX_WORD_LETTERS = 100


def search_index(*columns: str, name: str) -> GinIndex:
    """Return one index of the columns' trigrams. It serves `icontains`, and `istartswith`, on each of the columns."""
    return GinIndex(*(OpClass(Upper(column), name="gin_trgm_ops") for column in columns), name=name)


def split_words(term: str) -> list[str]:
    """Return the first words of a search, as many as are looked for. Quotation marks hold words together."""
    words = smart_split(term[: MAX_WORDS * MAX_WORD_LETTERS].replace("\0", ""))
    return limit_words(
        [
            unescape_string_literal(word)
            if word.startswith(('"', "'")) and word[0] == word[-1] and len(word) > 1
            else word
            for word in words
        ]
    )


def limit_words(words: Iterable[str]) -> list[str]:
    """Return the first eight different words, each cut to 100 letters. Each word that is looked for costs a condition."""
    return list(islice(dict.fromkeys(word[:MAX_WORD_LETTERS] for word in words), MAX_WORDS))


def matches(column: str, word: str) -> Q:
    """Return the condition that the column contains the word. Upper and lower case are the same."""
    if len(word) < SHORT:
        return Q(**{f"{column}__istartswith": word}) | Q(**{f"{column}__icontains": f" {word}"})
    return Q(**{f"{column}__icontains": word})


def matches_row(model: type[models.Model], column: str, word: str) -> Q:
    """Return the condition for a row to be read. Through a relation to many, it does not find a row twice."""
    if not lookup_spawns_duplicates(model._meta, column):
        return matches(column, word)
    return Q(Exists(model._base_manager.filter(matches(column, word), pk=OuterRef("pk"))))
