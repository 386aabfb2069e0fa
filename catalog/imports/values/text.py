"""Text of catalogue files: on one line, without characters that nobody sees, with emoji kept whole.

Source: Unicode Technical Standard 51, sections 2.3 to 2.8, for emoji of several code points.
"""

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache, wraps

from accounts.pasted_text import BLANK, visible_text

PICTOGRAPHS = (
    "©®\u203c\u2049\u2122\u2139\u2190-\u21ff\u2300-\u23ff\u2460-\u24ff\u25a0-\u27bf\u2900-\u297f\u2b00-\u2bff"
    "\u3030\u303d\u3297\u3299\U0001f000-\U0001faff"
)
EMOJI = re.compile(
    "(\U0001f3f4[\U000e0030-\U000e007a]+\U000e007f"  # flags of regions
    "|[0-9#*]\ufe0f?\u20e3"
    f"|[{PICTOGRAPHS}]\ufe0f?[\U0001f3fb-\U0001f3ff]?(?:\u200d[{PICTOGRAPHS}]\ufe0f?[\U0001f3fb-\U0001f3ff]?)*)"
)
CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]")
"""All but tab and line breaks."""
MAX_CACHED_CHARS = 500
WRONG_BYTES = re.compile("[\udc80-\udcff]+")
"""How Python writes bytes that are no UTF-8 (PEP 383)."""


def cache_short[**Arguments, Result](function: Callable[Arguments, Result]) -> Callable[Arguments, Result]:
    """Cache the results of a function of texts, except for long texts, of which a few thousand would fill the memory."""
    cached = lru_cache(maxsize=10_000)(function)

    @wraps(function)
    def call(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Result:
        if len(str(args[0])) > MAX_CACHED_CHARS:
            return function(*args, **kwargs)
        return cached(*args, **kwargs)  # type: ignore[arg-type]  # all hashable

    return call


def clean_line(text: str) -> str:
    """Return the text on one line, as one person reads it from another: see `visible_text`. Emoji stay whole."""
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    line = unicodedata.normalize("NFC", " ".join(text.split()))
    if line.isprintable() and BLANK.isdisjoint(line):
        return line
    parts = EMOJI.split(line)
    return " ".join("".join(_visible(part) if place % 2 == 0 else part for place, part in enumerate(parts)).split())


def _visible(part: str) -> str:
    """Return what `visible_text` does, but keep a space at either end."""
    start, end = part[:1].isspace() * " ", part[-1:].isspace() * " "
    return f"{start}{visible_text(part)}{end}"


@cache_short
def comparable(text: str) -> str:
    """Return the text as names are compared: without difference of letter case, spaces and invisible characters."""
    return clean_line(text).casefold()


def ascii_digits(text: str) -> str:
    """Return the text with digits of all scripts, full-width letters and Arabic number signs as ASCII has them."""
    if text.isascii():
        return text
    plain = unicodedata.normalize("NFKC", clean_line(text)).translate(
        {0x66B: ".", 0x66C: ",", 0x2212: "-", 0x2019: "'"}
    )
    return "".join(
        str(unicodedata.digit(letter)) if unicodedata.category(letter) == "Nd" else letter for letter in plain
    )


def without_controls(text: str) -> str:
    """Return the text without control characters other than tab and line breaks."""
    return CONTROLS.sub("", text)


def repair_bytes(text: str) -> str:
    """Return the text with bytes that are no UTF-8 read as Windows-1252."""
    return WRONG_BYTES.sub(lambda wrong: _as_windows(wrong[0].encode("utf-8", "surrogateescape")), text)


def _as_windows(wrong: bytes) -> str:
    return "".join(bytes([byte]).decode("cp1252", "ignore") for byte in wrong)
