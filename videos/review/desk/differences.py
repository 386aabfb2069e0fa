"""What changed between two revisions, word by word. Pure."""

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from videos.playback.transcript import read_transcript


@dataclass(frozen=True)
class DiffPiece:
    """Words that stayed ("same"), came ("new") or went ("gone")."""

    kind: str
    text: str


@dataclass(frozen=True)
class FieldDiff:
    field: str
    pieces: tuple[DiffPiece, ...]


def compare_revisions(old: Mapping[str, Any], new: Mapping[str, Any], *, same_file: bool) -> list[FieldDiff]:
    """Return the fields that differ, in the order in which the desk shows them."""
    found = [] if same_file else [FieldDiff("file", (DiffPiece("gone", "…"), DiffPiece("new", "…")))]
    for field in ("caption", "kind", "verdict", "language", "is_speechless", "captions_vtt"):
        before, after = str(old.get(field, "")), str(new.get(field, ""))
        if before != after and field == "captions_vtt":
            before, after = _spoken(before, after)
        if before != after:
            found.append(FieldDiff(field, compare_words(before, after)))
    gone, came = _tag_lines(old), _tag_lines(new)
    if gone != came:
        pieces = [DiffPiece("gone", line) for line in gone if line not in came]
        pieces += [DiffPiece("new" if line not in gone else "same", line) for line in came]
        found.append(FieldDiff("tags", tuple(pieces)))
    return found


def _spoken(before: str, after: str) -> tuple[str, str]:
    """Leave the times out where the words differ; where only the times do, they are what has changed."""
    first, second = read_transcript(before).text, read_transcript(after).text
    return (first, second) if first != second else (before, after)


def compare_words(before: str, after: str) -> tuple[DiffPiece, ...]:
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


def _tag_lines(content: Mapping[str, Any]) -> list[str]:
    return [
        f"{tag.get('product__name', tag['product_id'])} {tag['start_ms'] / 1000:g}–{tag['end_ms'] / 1000:g} s"
        for tag in content.get("tags", ())
    ]
