"""Text of XML files in which single characters are wrong, made well-formed so that one of them does not stop a file.

Entities of HTML become their letters, a bare “&” or “<” becomes text; comments, and characters that XML does not allow,
are left out.
Source: https://www.w3.org/TR/xml/#sec-references and #charsets
"""

import re
from collections.abc import Iterator
from html.entities import html5
from xml.sax.saxutils import escape

from catalog.imports.remarks import NoteKind
from catalog.imports.values.text import repair_bytes

WRONG = "\udc80-\udcff"
CONTROL = r"\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff"
TOKEN = re.compile(
    rf"[<\]&\-{WRONG}{CONTROL}](?:"  # one set in front, because a search for a set is fast
    r"(?<=<)(?:!\[CDATA\[|!--|(?=[\s\d=<,.]))|(?<=\])\]>|(?<=-)->"
    r"|(?<=&)(?:\#\d{1,9};|\#x[0-9a-fA-F]{1,8};|(?!(?:amp|lt|gt|quot|apos);)(?:[A-Za-z][A-Za-z0-9]{1,30};)?)"
    rf"|(?<=[{WRONG}])[{WRONG}]*|(?<=[{CONTROL}])[{CONTROL}]*)"
)
SECTIONS = {"<![CDATA[": "cdata", "<!--": "comment"}
SECTION_ENDS = {"]]>": "cdata", "-->": "comment"}
UNFINISHED = re.compile(r"(?:&[^;<\s]{0,32}|<!?[\[A-Z-]{0,9}|<|\]{1,2}|--?)\Z")
"""The end of a piece of text that may go on as a reference or the start of a section."""


class XmlRepair:
    """Takes a file's text piece by piece, and remembers what was wrong where, in bytes of UTF-8."""

    def __init__(self) -> None:
        self._repairs: list[tuple[int, NoteKind]] = []
        self._offset = 0
        self._rest = ""
        self._section = ""
        """The section in which no markup counts: “cdata”, “comment” or none."""

    def feed(self, text: str, *, is_last: bool = False) -> bytes:
        """Return the repaired text in UTF-8, without what may go on in the next piece."""
        text = self._rest + text
        unfinished = None if is_last else UNFINISHED.search(text, max(len(text) - 40, 0))
        self._rest = text[unfinished.start() :] if unfinished else ""
        if unfinished:
            text = text[: unfinished.start()]
        return b"".join(self._pieces(text))

    def take_notes(self, begin: int, end: int) -> list[NoteKind]:
        """Return what was repaired in a part of the text, and forget it and all before."""
        kinds = [kind for offset, kind in self._repairs if begin <= offset < end]
        self._repairs = [repair for repair in self._repairs if repair[0] >= end]
        return list(dict.fromkeys(kinds))

    def _pieces(self, text: str) -> Iterator[bytes]:
        place = 0
        for mark in TOKEN.finditer(text):
            yield self._count(text[place : mark.start()])
            yield self._count(self._repaired(mark[0]))
            place = mark.end()
        yield self._count(text[place:])

    def _count(self, text: str) -> bytes:
        if self._section == "comment":
            text = "\n" * text.count("\n")  # so that lines keep their numbers
        data = text.encode("utf-8", "replace")
        self._offset += len(data)
        return data

    def _repaired(self, mark: str) -> str:
        if mark in SECTIONS:
            self._section = self._section or SECTIONS[mark]
            return mark  # of a comment, not counted
        if mark in SECTION_ENDS:
            return self._end_section(mark)
        if "\udc80" <= mark[0] <= "\udcff":
            return self._repair(NoteKind.WRONG_BYTES, escape(repair_bytes(mark)))
        if mark[0] not in "&<":
            return self._repair(NoteKind.CONTROL_CHARACTERS, "")
        if self._section:
            return mark
        if mark.startswith("&#"):
            return mark if _is_allowed(mark) else self._repair(NoteKind.CONTROL_CHARACTERS, "")
        return self._repair(NoteKind.REPAIRED_XML, escape(html5.get(mark[1:], mark)))

    def _end_section(self, mark: str) -> str:
        if self._section == SECTION_ENDS[mark]:
            self._section = ""
            return mark if mark == "]]>" else ""
        # In text, XML does not allow ]]>; in a comment or section of the other kind it is text.
        is_text = self._section or mark == "-->"
        return mark if is_text else self._repair(NoteKind.REPAIRED_XML, "]]&gt;")

    def _repair(self, kind: NoteKind, replacement: str) -> str:
        self._repairs.append((self._offset, kind))
        return replacement


def _is_allowed(reference: str) -> bool:
    """Return whether a numeric reference is to a character that XML allows."""
    digits = reference[2:-1]
    code = int(digits[1:], 16) if digits[0] == "x" else int(digits)
    is_plain = code in (0x9, 0xA, 0xD) or 0x20 <= code <= 0xD7FF
    return is_plain or 0xE000 <= code <= 0xFFFD or 0x10000 <= code <= 0x10FFFF
