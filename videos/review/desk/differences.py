"""What changed between two revisions, word by word. Pure."""

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from videos.playback.transcript import read_transcript


@dataclass(frozen=True)
class Piece:
    """Words that stayed ("same"), came ("new") or went ("gone")."""

    kind: str
    text: str


@dataclass(frozen=True)
class Difference:
    field: str
    pieces: tuple[Piece, ...]


def compare(old: Mapping[str, Any], new: Mapping[str, Any], *, same_file: bool) -> list[Difference]:
    """Return the fields that differ, in the order in which the desk shows them."""
    found = [] if same_file else [Difference("file", (Piece("gone", "…"), Piece("new", "…")))]
    for field in ("caption", "kind", "verdict", "language", "is_speechless", "captions_vtt"):
        before, after = str(old.get(field, "")), str(new.get(field, ""))
        if before != after and field == "captions_vtt":
            before, after = _spoken(before, after)
        if before != after:
            found.append(Difference(field, compare_words(before, after)))
    gone, came = _tag_lines(old), _tag_lines(new)
    if gone != came:
        pieces = [Piece("gone", line) for line in gone if line not in came]
        pieces += [Piece("new" if line not in gone else "same", line) for line in came]
        found.append(Difference("tags", tuple(pieces)))
    return found


def _spoken(before: str, after: str) -> tuple[str, str]:
    """Leave the times out where the words differ; where only the times do, they are what has changed."""
    first, second = read_transcript(before).text, read_transcript(after).text
    return (first, second) if first != second else (before, after)


def compare_words(before: str, after: str) -> tuple[Piece, ...]:
    first, second = re.findall(r"\S+\s*", before), re.findall(r"\S+\s*", after)
    pieces: list[Piece] = []
    for action, a, b, c, d in difflib.SequenceMatcher(None, first, second, autojunk=False).get_opcodes():
        if action == "equal":
            pieces.append(Piece("same", "".join(first[a:b])))
            continue
        if a < b:
            pieces.append(Piece("gone", "".join(first[a:b])))
        if c < d:
            pieces.append(Piece("new", "".join(second[c:d])))
    return tuple(pieces)


def _tag_lines(content: Mapping[str, Any]) -> list[str]:
    return [
        f"{tag.get('product__name', tag['product_id'])} {tag['start_ms'] / 1000:g}–{tag['end_ms'] / 1000:g} s"
        for tag in content.get("tags", ())
    ]
