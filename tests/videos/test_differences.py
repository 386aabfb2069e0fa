"""What changed between two revisions, word by word."""

from typing import Any

from videos.review.desk.differences import DiffPiece, compare_revisions

VTT = "WEBVTT\n\n00:00:00.000 --> 00:00:01.000\n{}\n"
BEFORE: dict[str, Any] = {
    "caption": "Two lamps",
    "kind": "review",
    "captions_vtt": VTT.format("This one is warm"),
    "tags": [{"product_id": 1, "product__name": "Lamp", "start_ms": 0, "end_ms": 1500}],
}


def changed(**fields: Any) -> list[tuple[str, tuple[DiffPiece, ...]]]:
    return [(one.field, one.pieces) for one in compare_revisions(BEFORE, BEFORE | fields, same_file=True)]


def test_words_that_came_and_went_are_told_apart() -> None:
    came = (DiffPiece("same", "Two "), DiffPiece("new", "warm "), DiffPiece("same", "lamps"))
    assert changed(caption="Two warm lamps") == [("caption", came)]
    assert changed(caption="Two") == [("caption", (DiffPiece("gone", "Two lamps"), DiffPiece("new", "Two")))]


def test_captions_are_compared_by_what_is_said() -> None:
    assert changed(captions_vtt=VTT.format("This one is bright")) == [
        ("captions_vtt", (DiffPiece("same", "This one is "), DiffPiece("gone", "warm"), DiffPiece("new", "bright")))
    ]


def test_captions_that_only_moved_are_a_change_all_the_same() -> None:
    ((field, pieces),) = changed(captions_vtt=VTT.replace("01.000", "02.000").format("This one is warm"))
    assert field == "captions_vtt"
    assert [piece.text.strip() for piece in pieces if piece.kind == "new"] == ["00:00:02.000"]


def test_a_moved_tag_another_file_and_nothing_at_all() -> None:
    later = [BEFORE["tags"][0] | {"start_ms": 500}]
    assert changed(tags=later) == [("tags", (DiffPiece("gone", "Lamp 0–1.5 s"), DiffPiece("new", "Lamp 0.5–1.5 s")))]
    assert [one.field for one in compare_revisions(BEFORE, BEFORE, same_file=False)] == ["file"]
    assert changed() == []
