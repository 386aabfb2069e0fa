"""Caption files in the formats and encodings that creators upload."""

import pytest

from videos.playback.captions import MAX_BYTES, Cue, NotCaptions, read_captions, write_webvtt

SRT = "1\r\n00:00:01,500 --> 00:00:03,000\r\nFirst line\r\nsecond line\r\n\r\n2\r\n00:01:00,000 --> 00:01:02,000\r\nLater\r\n"
VTT = "WEBVTT - a title\n\nNOTE not shown\n\nSTYLE\n::cue { color: red }\n\nname\n00:01.500 --> 00:03.000 align:start\n<v Maya>First</v>\n"


def test_subrip_keeps_its_line_breaks() -> None:
    assert read_captions(SRT.encode()) == [Cue(1500, 3000, "First line\nsecond line"), Cue(60_000, 62_000, "Later")]


def test_webvtt_loses_its_notes_styles_and_markup() -> None:
    assert read_captions(VTT.encode()) == [Cue(1500, 3000, "First")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_arabic_is_read_in_each_encoding(encoding: str) -> None:
    content = "1\n00:00:00,000 --> 00:00:01,000\nمرحبا\n".encode(encoding)
    assert read_captions(content) == [Cue(0, 1000, "مرحبا")]


def test_written_captions_can_be_read_again() -> None:
    cues = [Cue(0, 61_001, "a < b & c --> d"), Cue(3_600_000, 3_600_500, "late")]
    assert read_captions(write_webvtt(cues).encode()) == cues


@pytest.mark.parametrize(
    "content", [b"", b"hello", b"WEBVTT\n\n", b"1\n00:00:02,000 --> 00:00:01,000\nbackwards", b"\0" * 50]
)
def test_a_file_without_a_cue_is_refused(content: bytes) -> None:
    with pytest.raises(NotCaptions, match="no_cues"):
        read_captions(content)


def test_a_file_that_is_too_large_is_refused() -> None:
    with pytest.raises(NotCaptions, match="too_large"):
        read_captions(b" " * (MAX_BYTES + 1))
