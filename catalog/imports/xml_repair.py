"""Text of XML files in which single characters are wrong, made well-formed so that one of them does not stop a file.

Entities of HTML become their letters, a bare “&” or “<” becomes text, and characters that XML does not allow go.
Source: https://www.w3.org/TR/xml/#sec-references and #charsets
"""

import re
from collections.abc import Iterator
from html.entities import html5
from xml.sax.saxutils import escape

from catalog.imports.remarks import NoteKind
from catalog.imports.values.text import repair_bytes

TOKEN = re.compile(
    r"(?P<cdata><!\[CDATA\[)|(?P<cdata_end>\]\]>)|(?P<comment><!--)|(?P<comment_end>-->)"
    r"|(?P<number>&#(?:\d{1,9}|x[0-9a-fA-F]{1,8});)"
    r"|(?P<name>&(?!(?:amp|lt|gt|quot|apos);)(?:[A-Za-z][A-Za-z0-9]{1,30};)?)"
    r"|(?P<less><(?=[\s\d=<,.]))|(?P<wrong>[\udc80-\udcff]+)"
    r"|(?P<control>[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]+)"
)
UNFINISHED = re.compile(r"(?:&[^;<\s]{0,32}|<!?[\[A-Z-]{0,9}|<|\]{1,2}|--?)\Z")
"""The end of a piece of text that may go on as a reference or the start of a section."""


class XmlRepair:
    """Takes a file's text piece by piece. `repairs` collects what was wrong: offset in bytes of UTF-8, and a note."""

    def __init__(self) -> None:
        self.repairs: list[tuple[int, NoteKind]] = []
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

    def _pieces(self, text: str) -> Iterator[bytes]:
        place = 0
        for token in TOKEN.finditer(text):
            yield self._count(text[place : token.start()])
            yield self._count(self._repaired(str(token.lastgroup), token[0]))
            place = token.end()
        yield self._count(text[place:])

    def _count(self, text: str) -> bytes:
        data = text.encode("utf-8", "replace")
        self._offset += len(data)
        return data

    def _repaired(self, group: str, token: str) -> str:
        if group in ("cdata", "comment"):
            self._section = self._section or group
            return token
        if group in ("cdata_end", "comment_end"):
            return self._end_section(group, token)
        if group == "wrong":
            return self._repair(NoteKind.WRONG_BYTES, escape(repair_bytes(token)))
        if group == "control":
            return self._repair(NoteKind.CONTROL_CHARACTERS, "")
        if self._section:
            return token
        if group == "number":
            return token if _is_allowed(token) else self._repair(NoteKind.CONTROL_CHARACTERS, "")
        if group == "name" and (letter := html5.get(token[1:])):
            return self._repair(NoteKind.REPAIRED_XML, escape(letter))
        return self._repair(NoteKind.REPAIRED_XML, escape(token))

    def _end_section(self, group: str, token: str) -> str:
        if self._section == group.removesuffix("_end"):
            self._section = ""
            return token
        # In text, XML does not allow ]]>; in a comment or section of the other kind it is text.
        return token if self._section or group == "comment_end" else self._repair(NoteKind.REPAIRED_XML, "]]&gt;")

    def _repair(self, kind: NoteKind, replacement: str) -> str:
        self.repairs.append((self._offset, kind))
        return replacement


def _is_allowed(reference: str) -> bool:
    """Return whether a numeric reference is to a character that XML allows."""
    digits = reference[2:-1]
    code = int(digits[1:], 16) if digits[0] == "x" else int(digits)
    is_plain = code in (0x9, 0xA, 0xD) or 0x20 <= code <= 0xD7FF
    return is_plain or 0xE000 <= code <= 0xFFFD or 0x10000 <= code <= 0x10FFFF
