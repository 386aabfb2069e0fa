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


@pytest.mark.parametrize("content", [b"", b"hello", b"WEBVTT\n\n", b"1\n00:00:02,000 --> 00:00:01,000\n\n", b"\0" * 50])
def test_a_file_without_a_cue_is_refused(content: bytes) -> None:
    with pytest.raises(NotCaptions, match="no_cues"):
        read_captions(content)


def test_a_file_that_is_too_large_is_refused() -> None:
    with pytest.raises(NotCaptions, match="too_large"):
        read_captions(b" " * (MAX_BYTES + 1))


@pytest.mark.parametrize(
    ("language", "encoding", "words"),
    [
        ("ar", "cp1256", "مرحبا بكم في متجرنا الجديد"),
        ("ar", "iso8859_6", "هذا المنتج رائع جدا"),
        ("he", "cp1255", "שלום לכולם וברוכים הבאים"),
        ("he", "iso8859_8", "המוצר הזה פשוט מצוין"),
        ("en", "cp1256", "مرحبا بكم في متجرنا الجديد، هذا المنتج رائع جدا"),
        ("en", "cp1252", "I “love” this café – it’s naïve"),
        ("ar", "utf-16-le", "مرحبا"),
        ("he", "utf-16-be", "שלום"),
    ],
)
def test_code_pages_are_recognized_by_the_language_of_the_clip(language: str, encoding: str, words: str) -> None:
    content = f"1\n00:00:00,000 --> 00:00:01,000\n{words}\n".encode(encoding)
    assert read_captions(content, language=language) == [Cue(0, 1000, words)]


@pytest.mark.parametrize(
    ("stamp", "milliseconds"),
    [("00:00:01,5", 1500), ("00:00:01.50", 1500), ("0:01.500", 1500), ("00:00:01", 1000), ("1:00:01.05", 3_601_050)],
)
def test_fractions_have_up_to_three_digits(stamp: str, milliseconds: int) -> None:
    assert read_captions(f"{stamp} --> 02:00:00.000\nHello".encode())[0].start_ms == milliseconds


def test_no_cue_and_no_line_is_lost() -> None:
    loose = "1\n00:00:01,0 --> 00:00:02,0\nOne\n\nstill one\n2\n00:00:02,0 --> 00:00:03,0\na --> b\n\n\n3\n00:00:03,0 --> 00:00:04,0\n42\n"
    assert [cue.text for cue in read_captions(loose.encode())] == ["One\nstill one", "a --> b", "42"]


@pytest.mark.parametrize("timing", ["00:00:02,000 --> 00:00:01,000", "00:00:0x --> 00:00:02", "00:01 --> later"])
def test_cue_that_cannot_be_read_is_named(timing: str) -> None:
    good = "1\n00:00:00,000 --> 00:00:01,000\nGood\n\n2\n"
    with pytest.raises(NotCaptions, match="bad_cue") as refused:
        read_captions(f"{good}{timing}\nBad\n".encode())
    assert refused.value.line == 6


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("NOTEBOOKS ARE BACK", "NOTEBOOKS ARE BACK"),
        ("STYLE TIPS", "STYLE TIPS"),
        ("NOTE the price", "NOTE the price"),
        ("REGION", "REGION"),
        ("One\n\nNOTEBOOKS", "One\nNOTEBOOKS"),
        ("One\n\nSTYLE TIPS", "One\nSTYLE TIPS"),
        ("One\nNOTE two", "One\nNOTE two"),
        ("One\n\nNOTE hidden\nstill hidden", "One"),
        ("One\n\nSTYLE\n::cue {}", "One"),
        ("One&#13;&#13;two&#10;&#xd;&#10;three", "One\ntwo\nthree"),
        ("One\n00:00:02.000 --> 00:00:03.000\nTwo", "One|Two"),
        ("One\n2\n00:00:02.000 --> 00:00:03.000\nTwo", "One|Two"),
        ("One\n\nname\n00:00:02.000 --> 00:00:03.000\nTwo", "One|Two"),
    ],
)
def test_only_blocks_and_identifiers_are_taken_out_of_what_is_said(words: str, shown: str) -> None:
    cues = read_captions(f"WEBVTT\n\n00:00:01.000 --> 00:00:02.000\n{words}\n".encode())
    assert "|".join(cue.text for cue in cues) == shown
    assert "\r" not in write_webvtt(cues)
