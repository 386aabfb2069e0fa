"""Word-by-word differences between two revisions. This module does not access the database."""

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from videos.playback.transcript import read_transcript


@dataclass(frozen=True)
class DiffPiece:
    """A run of words. `kind` is "same" for unchanged words, "new" for added words and "gone" for removed words."""

    kind: str
    text: str


@dataclass(frozen=True)
class FieldDiff:
    """The changes in one field of a revision."""

    field: str
    pieces: tuple[DiffPiece, ...]


def compare_revisions(old: Mapping[str, Any], new: Mapping[str, Any], *, same_file: bool) -> list[FieldDiff]:
    """Return the fields that differ between two revisions, in the order in which the review desk shows them.

    `old` and `new` are the contents of the revisions.
    """
    differences = [] if same_file else [FieldDiff("file", (DiffPiece("gone", "…"), DiffPiece("new", "…")))]
    for field in ("caption", "kind", "verdict", "language", "is_speechless", "declaration", "captions_vtt"):
        before, after = str(old.get(field, "")), str(new.get(field, ""))
        if before != after and field == "captions_vtt":
            before, after = _spoken_words(before, after)
        if before != after:
            differences.append(FieldDiff(field, compare_words(before, after)))
    for field, lines_of in (("photos", _photo_lines), ("tags", _tag_lines)):
        old_lines, new_lines = lines_of(old), lines_of(new)
        if old_lines != new_lines:
            pieces = [DiffPiece("gone", line) for line in old_lines if line not in new_lines]
            pieces += [DiffPiece("same" if line in old_lines else "new", line) for line in new_lines]
            differences.append(FieldDiff(field, tuple(pieces)))
    return differences


def _spoken_words(before: str, after: str) -> tuple[str, str]:
    """Return the spoken words of two caption files. If the words are the same, return the complete files."""
    first, second = read_transcript(before).text, read_transcript(after).text
    return (first, second) if first != second else (before, after)


def compare_words(before: str, after: str) -> tuple[DiffPiece, ...]:
    """Return the differences between two texts, as runs of unchanged, removed and added words."""
    first, second = re.findall(r"\S+\s*", before), re.findall(r"\S+\s*", after)
    pieces: list[DiffPiece] = []
    for action, a, b, c, d in difflib.SequenceMatcher(None, first, second, autojunk=False).get_opcodes():
        if action == "equal":
            pieces.append(DiffPiece("same", "".join(first[a:b])))
            continue
        if a < b:
            pieces.append(DiffPiece("gone", "".join(first[a:b])))
        if c < d:
            pieces.append(DiffPiece("new", "".join(second[c:d])))
    return tuple(pieces)


def _photo_lines(content: Mapping[str, Any]) -> list[str]:
    return [f"{photo['sha256'][:8]} {photo['alternative_text']}".strip() for photo in content.get("photos", ())]


def _tag_lines(content: Mapping[str, Any]) -> list[str]:
    return [f"{tag.get('product__name', tag['product_id'])} {_where(tag)}" for tag in content.get("tags", ())]


def _where(tag: Mapping[str, Any]) -> str:
    if "x" in tag:
        return f"{(tag['photo__position'] or 0) + 1}: {tag['x']:.0%} {tag['y']:.0%}"
    return f"{tag['start_ms'] / 1000:g}–{tag['end_ms'] / 1000:g} s"
