"""A parser of RSS and Atom that collects items, and knows no document types, no entities and no nesting without end.

Source: https://docs.python.org/3/library/xml.html#xml-security; a file with a DOCTYPE is refused, so expat expands nothing.
"""

import re
from dataclasses import dataclass, field
from functools import lru_cache
from xml.parsers import expat

from catalog.imports.limits import MAX_CELL_CHARS, MAX_XML_DEPTH
from catalog.imports.remarks import CatalogueStopped, NoteKind, StopReason

ITEM_NAMES = {"item", "entry"}
GOOGLE, ATOM, NONE = "google", "atom", ""
NAMESPACES = {
    "base.google.com/ns/1.0": GOOGLE,
    "www.w3.org/2005/atom": ATOM,
    "purl.org/rss/1.0": NONE,
    "": NONE,
}


@dataclass(slots=True)
class XmlItem:
    """An item: pairs of name and text by namespace, of its own elements, not of those inside them."""

    number: int
    line: int
    begin: int
    """Where it begins and ends in the text of the file, in bytes of UTF-8."""
    end: int = 0
    elements: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    notes: list[NoteKind] = field(default_factory=list)
    is_damaged: bool = False


class ItemInside(Exception):
    """An item begins inside another, whose end is missing. The argument is where the inner one begins in the file."""


class ItemParser:
    """Collects items in `items`. After damage, a new one takes the place of the old and is fed what follows.

    `start` is where in the file its first byte stands, after how many `lines`; `prolog` holds the elements around the items;
    and `count` is how many items came before.
    """

    def __init__(self, *, start: int = 0, lines: int = 0, prolog: bytes = b"", count: int = 0) -> None:
        self.items: list[XmlItem] = []
        self.item: XmlItem | None = None
        """The one that is being read."""
        self.count = count
        self.root = ""
        self.prolog_bytes = len(prolog)
        """How long the prolog is, as soon as an item was met."""
        self.is_closed = False
        """Whether the root element ended."""
        self._depth, self._item_depth, self._length = 0, 0, 0
        self._element: tuple[str, str] | None = None
        self._texts: list[str] = []
        self._shift, self._line_shift = start - len(prolog), lines - prolog.count(b"\n")
        self._expat = self._make_expat()
        self._expat.Parse(prolog, False)

    @property
    def position(self) -> int:
        """Return where in the file the markup begins that is being read."""
        return self._expat.CurrentByteIndex + self._shift

    @property
    def error_position(self) -> int:
        return self._expat.ErrorByteIndex + self._shift

    @property
    def error_line(self) -> int:
        return self._expat.ErrorLineNumber + self._line_shift

    def _line(self) -> int:
        return self._expat.CurrentLineNumber + self._line_shift

    def parse(self, data: bytes, *, is_last: bool = False) -> None:
        """Parse a piece of UTF-8. Raises ExpatError, ItemInside and CatalogueStopped."""
        self._expat.Parse(data, is_last)

    def _make_expat(self) -> expat.XMLParserType:
        parser = expat.ParserCreate("utf-8", " ")
        parser.buffer_text = True
        parser.SetReparseDeferralEnabled(False)
        parser.StartDoctypeDeclHandler = self._refuse_doctype
        parser.EntityDeclHandler = self._refuse_doctype
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        return parser

    def _refuse_doctype(self, *_declaration: object) -> None:
        raise CatalogueStopped(StopReason.XML_DOCTYPE)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        namespace, local = _parse_name(name)
        if self._depth > MAX_XML_DEPTH:
            raise CatalogueStopped(StopReason.XML_TOO_DEEP, limit=MAX_XML_DEPTH)
        self.root = self.root or local
        if self.root.casefold() == "html":
            raise CatalogueStopped(StopReason.WEB_PAGE)
        if local in ITEM_NAMES:
            self._begin_item()
        elif self.item is not None and self._depth == self._item_depth + 1:
            self._element, self._texts, self._length = (namespace, local) if namespace is not None else None, [], 0
            if local == "link" and attributes.get("rel", "alternate") == "alternate":
                self._texts = [attributes.get("href", "")]

    def _begin_item(self) -> None:
        if self.item is not None:
            raise ItemInside(self.position)
        if not self.count:
            self.prolog_bytes = self.position
        self.count += 1
        self.item, self._item_depth = XmlItem(self.count, self._line(), self.position), self._depth

    def _end(self, _name: str) -> None:
        if self.item is not None and self._depth == self._item_depth:
            self.item.end = self.position
            self.items.append(self.item)
            self.item = None
        elif self.item is not None and self._depth == self._item_depth + 1 and self._element:
            namespace, local = self._element
            self.item.elements.setdefault(namespace, []).append((local, "".join(self._texts)))
            self._element = None
        self._depth -= 1
        self.is_closed |= self._depth == 0

    def _text(self, text: str) -> None:
        if self._element is None:
            return
        self._length += len(text)
        if self._length > MAX_CELL_CHARS:
            raise CatalogueStopped(StopReason.CELL_TOO_LONG, row=self.count, limit=MAX_CELL_CHARS)
        if self._depth == self._item_depth + 1 or self._element[0] == ATOM:
            self._texts.append(text)


@lru_cache(maxsize=1_000)
def _parse_name(name: str) -> tuple[str | None, str]:
    """Return the namespace of a name as the parser writes it, None if it is foreign, and the name in it."""
    namespace, _space, local = name.rpartition(" ")
    return NAMESPACES.get(re.sub(r"^https?://|/$", "", namespace.casefold())), local
