"""Parser for SubRip and WebVTT captions, and a writer for clean WebVTT. No Django here."""

import html
import re
from dataclasses import dataclass
from itertools import pairwise

import charset_normalizer

MAX_BYTES = 60_000
"""Ten times what is said in the longest clip. Wording rules read every character."""
_STAMP = r"(?:(\d{1,3}):)?(\d{1,2}):(\d{1,2})(?:[.,:](\d{1,3}))?"
_TIMING = re.compile(rf"\s*{_STAMP}\s*-->\s*{_STAMP}(?:\s|$)")
_MARKUP = re.compile(r"<[^<>]*>|\{\\[^{}]*\}")
"""It does not cross another bracket, so that each character is read once, however many brackets stay open."""
_LONG_REFERENCE = re.compile(r"&#[0-9]{8,}|&#[xX][0-9a-fA-F]{7,}")
"""References to characters beyond Unicode. Python does not convert the longest of their numbers."""
_NOT_SHOWN = re.compile(r"(?:WEBVTT|NOTE)(?:[ \t]|$)|(?:STYLE|REGION)[ \t]*$")
"""The first line of a block that is not shown."""
# Code pages in which captions of each language are saved, the most likely first.
CODE_PAGES = {
    "ar": ("cp1256", "iso8859_6"),
    "he": ("cp1255", "iso8859_8", "cp862"),
}
OTHER_CODE_PAGES = ["cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256"]


class NotCaptions(ValueError):
    """The file has no cue, has a cue that cannot be read, or is too large.

    The message is `no_cues`, `bad_cue` or `too_large`. `line` is the number of the bad cue's line, from 1 on.
    """

    def __init__(self, code: str, *, line: int = 0) -> None:
        super().__init__(code)
        self.line = line


@dataclass(frozen=True)
class Cue:
    """A caption and the time span in which it is shown."""

    start_ms: int
    end_ms: int
    text: str


def clean_captions(content: bytes, *, language: str = "") -> str:
    """Return a caption file as clean WebVTT. Raises NotCaptions if it, or what it becomes, exceeds MAX_BYTES."""
    captions = write_webvtt(read_captions(content, language=language))
    if len(captions.encode()) > MAX_BYTES:
        raise NotCaptions("too_large")
    return captions


def read_captions(content: bytes, *, language: str = "", at_most: int | None = MAX_BYTES) -> list[Cue]:
    """Return the cues of a caption file in order of time. Raises NotCaptions. `at_most` is its largest size in bytes.

    The encoding is UTF-8 or UTF-16. Anything else is decoded in the likeliest code page of the language.
    """
    if at_most is not None and len(content) > at_most:
        raise NotCaptions("too_large")
    text = decode_captions(content, language=language).replace("\0", "")
    cues = _read_cues(re.sub(r"\r\n?", "\n", text).split("\n"))
    if not cues:
        raise NotCaptions("no_cues")
    return sorted(cues, key=lambda cue: (cue.start_ms, cue.end_ms))


def write_webvtt(cues: list[Cue]) -> str:
    """Return the cues as a WebVTT file without styles, cue settings or markup."""
    blocks = [f"{_stamp(cue.start_ms)} --> {_stamp(cue.end_ms)}\n{_escape(cue.text)}" for cue in cues]
    return "WEBVTT\n\n" + "\n\n".join(blocks) + "\n"


def decode_captions(content: bytes, *, language: str = "") -> str:
    """Return the text of a caption file. `language` is a code such as "ar", or empty."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace")
    for encoding, zeros in (("utf-16-le", content[1::2]), ("utf-16-be", content[::2])):
        if zeros.count(0) > len(content) / 8:  # the digits of the times, without a byte order mark
            return content.decode(encoding, errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        if pages := CODE_PAGES.get(language):
            return max((content.decode(page, errors="replace") for page in pages), key=_share_of_letters)
        for isolated in (["cp1252"], OTHER_CODE_PAGES):
            if match := charset_normalizer.from_bytes(content, cp_isolation=isolated).best():
                return str(match)
        return content.decode("cp1252", errors="replace")


def _share_of_letters(text: str) -> int:
    """Return how many more Arabic and Hebrew letters than accented Latin ones and unknown characters a text has."""
    return len(re.findall("[\u05d0-\u05ea\u0621-\u064a]", text)) - len(
        re.findall("[\u00a1-\u024f\ufffd\u2500-\u257f]", text)
    )


def _read_cues(lines: list[str]) -> list[Cue]:
    """Return the cues in order of the file. The text of each ends where the next cue or a note begins."""
    starts = [number for number, line in enumerate(lines) if "-->" in line and not _is_text_of_cue(lines, number)]
    cues = []
    for number, following in pairwise([*starts, len(lines)]):
        timing = _TIMING.match(lines[number])
        stamps = timing.groups() if timing else ()
        if not stamps:
            raise NotCaptions("bad_cue", line=number + 1)
        start_ms, end_ms = _milliseconds(*stamps[:4]), _milliseconds(*stamps[4:])
        words = _words(lines[number + 1 : following], is_last=following == len(lines))
        if words and end_ms <= start_ms:
            raise NotCaptions("bad_cue", line=number + 1)
        if words:
            cues.append(Cue(start_ms, end_ms, words))
    return cues


def _is_text_of_cue(lines: list[str], number: int) -> bool:
    """Return whether an arrow is part of what is said, and not of a timing."""
    return not re.match(r"\s*\d+:", lines[number]) and number > 0 and bool(lines[number - 1].strip())


def _words(lines: list[str], *, is_last: bool) -> str:
    """Return the text of a cue without the identifier of the next cue, notes and empty lines."""
    lines = list(lines)
    if (
        not is_last
        and lines
        and lines[-1].strip()
        and (lines[-1].strip().isdigit() or (len(lines) > 1 and not lines[-2].strip()))
    ):
        lines.pop()
    for number, line in enumerate(lines):
        if number and not lines[number - 1].strip() and _NOT_SHOWN.match(line):
            lines = lines[:number]
            break
    spoken = re.sub(r"\r\n?", "\n", _plain_text("\n".join(lines)))
    return "\n".join(line.strip() for line in spoken.split("\n") if line.strip())


def _plain_text(markup: str) -> str:
    return html.unescape(_LONG_REFERENCE.sub("", _MARKUP.sub("", markup))).strip()


def _milliseconds(hours: str | None, minutes: str, seconds: str, fraction: str | None) -> int:
    return ((int(hours or 0) * 60 + int(minutes)) * 60 + int(seconds)) * 1000 + int((fraction or "0").ljust(3, "0"))


def _stamp(milliseconds: int) -> str:
    seconds, fraction = divmod(milliseconds, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02d}:{minutes:02d}:{seconds:02d}.{fraction:03d}"


def _escape(text: str) -> str:
    return html.escape(text, quote=False)
