"""Word-level differences between two revisions."""

from typing import Any

from videos.review.desk.differences import DiffPiece, compare_revisions

VTT = "WEBVTT\n\n00:00:00.000 --> 00:00:01.000\n{}\n"
BEFORE: dict[str, Any] = {
    "caption": "Two lamps",
    "kind": "review",
    "captions_vtt": VTT.format("This one is warm"),
    "tags": [{"product_id": 1, "product__name": "Lamp", "start_ms": 0, "end_ms": 1500}],
}


def diff(**fields: Any) -> list[tuple[str, tuple[DiffPiece, ...]]]:
    differences = compare_revisions(BEFORE, BEFORE | fields, same_file=True)
    return [(difference.field, difference.pieces) for difference in differences]


def test_added_and_removed_words_are_distinguished() -> None:
    added = (DiffPiece("same", "Two "), DiffPiece("new", "warm "), DiffPiece("same", "lamps"))
    assert diff(caption="Two warm lamps") == [("caption", added)]
    assert diff(caption="Two") == [("caption", (DiffPiece("gone", "Two lamps"), DiffPiece("new", "Two")))]


def test_captions_are_compared_by_their_words() -> None:
    assert diff(captions_vtt=VTT.format("This one is bright")) == [
        ("captions_vtt", (DiffPiece("same", "This one is "), DiffPiece("gone", "warm"), DiffPiece("new", "bright")))
    ]


def test_captions_with_new_times_only_are_compared_with_their_times() -> None:
    ((field, pieces),) = diff(captions_vtt=VTT.replace("01.000", "02.000").format("This one is warm"))
    assert field == "captions_vtt"
    assert [piece.text.strip() for piece in pieces if piece.kind == "new"] == ["00:00:02.000"]


def test_a_moved_tag_a_new_file_and_no_change() -> None:
    later = [BEFORE["tags"][0] | {"start_ms": 500}]
    assert diff(tags=later) == [("tags", (DiffPiece("gone", "Lamp 0–1.5 s"), DiffPiece("new", "Lamp 0.5–1.5 s")))]
    assert [difference.field for difference in compare_revisions(BEFORE, BEFORE, same_file=False)] == ["file"]
    assert diff() == []
