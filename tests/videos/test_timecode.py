"""Times in a clip as people type them."""

import pytest

from videos.timecode import NotATime, format_time, parse_time


@pytest.mark.parametrize(
    ("text", "milliseconds"),
    [
        ("3", 3000),
        ("90", 90_000),
        ("3.5", 3500),
        ("3,25", 3250),
        ("0:03.5", 3500),
        ("1:02", 62_000),
        ("1:00:01", 3_601_000),
        (" 7 ", 7000),
        ("٣", 3000),
    ],
)
def test_time_is_parsed(text: str, milliseconds: int) -> None:
    assert parse_time(text) == milliseconds


@pytest.mark.parametrize("text", ["", "soon", "-1", "1:2:3:4", "1.2345", "1:", ":5", "1e3", "99:99", "0:60", "1:60:00"])
def test_other_text_is_refused(text: str) -> None:
    with pytest.raises(NotATime):
        parse_time(text)


@pytest.mark.parametrize(
    ("milliseconds", "text"), [(0, "0:00"), (3500, "0:03.5"), (62_000, "1:02"), (1234, "0:01.234")]
)
def test_time_is_formatted(milliseconds: int, text: str) -> None:
    assert format_time(milliseconds) == text
    assert parse_time(text) == milliseconds
