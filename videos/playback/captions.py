"""Parser for SubRip and WebVTT captions, and a writer for clean WebVTT. No Django here."""

import html
import re
from dataclasses import dataclass

MAX_BYTES = 60_000
"""Ten times what is said in the longest clip. Wording rules read every character."""
_STAMP = r"(?:(\d{1,3}):)?(\d{2}):(\d{2})[.,](\d{3})"
_TIMING = re.compile(rf"\s*{_STAMP}\s*-->\s*{_STAMP}")
_MARKUP = re.compile(r"<[^<>]*>|\{\\[^{}]*\}")
"""It does not cross another bracket, so that each character is read once, however many brackets stay open."""
_LONG_REFERENCE = re.compile(r"&#[0-9]{8,}|&#[xX][0-9a-fA-F]{7,}")
"""References to characters beyond Unicode. Python does not convert the longest of their numbers."""


class NotCaptions(ValueError):
    """The file has no readable cue or is too large. The message is `no_cues` or `too_large`."""


@dataclass(frozen=True)
class Cue:
    """A caption and the time span in which it is shown."""

    start_ms: int
    end_ms: int
    text: str


def clean_captions(content: bytes) -> str:
    """Return a caption file as clean WebVTT. Raises NotCaptions if it, or what it becomes, exceeds MAX_BYTES."""
    captions = write_webvtt(read_captions(content))
    if len(captions.encode()) > MAX_BYTES:
        raise NotCaptions("too_large")
    return captions


def read_captions(content: bytes, *, at_most: int | None = MAX_BYTES) -> list[Cue]:
    """Return the cues of a caption file in order of time. Raises NotCaptions. `at_most` is its largest size in bytes.

    The encoding is UTF-8, or UTF-16 if there is a byte order mark. Anything else is decoded as Windows-1252.
    """
    if at_most is not None and len(content) > at_most:
        raise NotCaptions("too_large")
    cues = [cue for block in _blocks(_decode(content)) if (cue := _read_block(block))]
    if not cues:
        raise NotCaptions("no_cues")
    return sorted(cues, key=lambda cue: (cue.start_ms, cue.end_ms))


def write_webvtt(cues: list[Cue]) -> str:
    """Return the cues as a WebVTT file without styles, cue settings or markup."""
    blocks = [f"{_stamp(cue.start_ms)} --> {_stamp(cue.end_ms)}\n{_escape(cue.text)}" for cue in cues]
    return "WEBVTT\n\n" + "\n\n".join(blocks) + "\n"


def _decode(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _blocks(text: str) -> list[str]:
    return re.split(r"\n[ \t]*\n", text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", ""))


def _read_block(block: str) -> Cue | None:
    lines = block.strip().split("\n")
    for number, line in enumerate(lines[:2]):  # an identifier may precede the timing
        if timing := _TIMING.match(line):
            stamps = timing.groups()
            start_ms, end_ms = _milliseconds(*stamps[:4]), _milliseconds(*stamps[4:])
            words = _plain_text("\n".join(lines[number + 1 :]))
            return Cue(start_ms, end_ms, words) if words and end_ms > start_ms else None
    return None


def _plain_text(markup: str) -> str:
    return html.unescape(_LONG_REFERENCE.sub("", _MARKUP.sub("", markup))).strip()


def _milliseconds(hours: str | None, minutes: str, seconds: str, fraction: str) -> int:
    return ((int(hours or 0) * 60 + int(minutes)) * 60 + int(seconds)) * 1000 + int(fraction)


def _stamp(milliseconds: int) -> str:
    seconds, fraction = divmod(milliseconds, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02d}:{minutes:02d}:{seconds:02d}.{fraction:03d}"


def _escape(text: str) -> str:
    return html.escape(text, quote=False)
