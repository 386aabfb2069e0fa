"""Items of RSS and Atom feeds, read one at a time by a parser that knows no document types and no entities.

An item whose markup is broken is refused, and reading goes on with the next one.
Source: https://docs.python.org/3/library/xml.html#xml-security; a file with a DOCTYPE is refused, so expat expands nothing.
"""

import codecs
import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from xml.parsers import expat

from catalog.imports.encodings import Encoding, declared_encoding
from catalog.imports.limits import MAX_CELL_CHARS, MAX_PROLOG_BYTES, MAX_ROW_CHARS, MAX_XML_DEPTH
from catalog.imports.remarks import CatalogueStopped, NoteKind, StopReason
from catalog.imports.source_file import SourceFile
from catalog.imports.xml_repair import XmlRepair

CHUNK_BYTES = 64 * 1024
DECLARATION = re.compile(rb"""\s*<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._:-]+)["']""")
ITEM = re.compile(rb"<(?:[\w.-]+:)?(?:item|entry)(?=[\s/>])")
ITEM_NAMES = {"item", "entry"}
ROOTS = {"rss", "feed", "rdf"}
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
    elements: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    notes: list[NoteKind] = field(default_factory=list)
    is_damaged: bool = False


class _ItemInside(Exception):
    """An item begins inside another, whose end is missing. The argument is the place of the inner one."""


class XmlFeed:
    """The items of a feed. `ends_early` and `has_items` are right after all were read."""

    def __init__(self, source: SourceFile, encoding_by_bytes: str) -> None:
        self._source = source
        self.encoding = _encoding_of(source.head(), encoding_by_bytes)
        self.ends_early = False
        self._items: deque[XmlItem] = deque()
        self._repair = XmlRepair()
        self._count, self._depth, self._length = 0, 0, 0
        self._item: XmlItem | None = None
        self._item_depth = 0
        self._element: tuple[str, str] | None = None
        self._texts: list[str] = []
        self._root = ""
        self._prolog = b""
        self._fed = 0
        """Bytes that all parsers were fed together."""
        self._shift = 0
        """What turns an offset of the current parser into one of the file."""
        self._is_replaying, self._is_searching, self._is_closed = False, False, False
        self._parser = self._make_parser()

    def items(self) -> Iterator[XmlItem]:
        """Yield the items in the order of the file. Raises CatalogueStopped."""
        decoder = codecs.getincrementaldecoder(self.encoding.name)(self.encoding.errors)
        is_first, tail = True, b""
        with self._source.open() as file:
            while True:
                data = file.read(CHUNK_BYTES)
                text = decoder.decode(data, final=not data)
                if is_first and text:
                    text, is_first = _declare_google(text.lstrip("\ufeff \t\r\n\0")), False
                piece = self._repair.feed(text, is_last=not data)
                self._feed(piece)
                tail = (tail + piece)[-200:]
                while self._items:
                    yield self._items.popleft()
                if not data:
                    break
        self._finish(tail)
        while self._items:
            yield self._items.popleft()

    def _finish(self, tail: bytes) -> None:
        if not self._is_searching:
            try:
                self._parser.Parse(b"", True)
            except expat.ExpatError:
                self.ends_early = True
        closing = rf"</(?:[\w.-]+:)?{re.escape(self._root)}\s*>".encode()
        self.ends_early |= self._source.ends_early or not (self._is_closed or re.search(closing, tail))
        self._item = None
        if not self._count and self._root.casefold() not in ROOTS and not self.ends_early:
            raise CatalogueStopped(StopReason.NOT_A_CATALOGUE)

    def _make_parser(self) -> expat.XMLParserType:
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

    def _feed(self, data: bytes) -> None:
        """Parse a piece; after damage, go on at the next item."""
        while data:
            if self._is_searching:
                start = ITEM.search(data)
                if start is None:
                    self._fed += len(data)
                    return
                self._fed += start.start()
                data = data[start.start() :]
                self._restart()
            begin = self._fed
            if not self._count and len(self._prolog) <= MAX_PROLOG_BYTES:
                self._prolog += data
            try:
                self._parser.Parse(data, False)
            except expat.ExpatError:
                data = self._skip_damage(data, begin)
                continue
            except _ItemInside as error:
                data = self._refuse_item(data, max(error.args[0] - begin, 0))
                continue
            self._fed += len(data)
            if self._fed - self._position() > MAX_ROW_CHARS:
                raise CatalogueStopped(StopReason.ROW_TOO_LONG, row=self._count or 1, limit=MAX_ROW_CHARS)
            return

    def _skip_damage(self, data: bytes, begin: int) -> bytes:
        """Refuse the item that is damaged, and return what follows the damage."""
        if self._count == 0 or len(self._prolog) > MAX_PROLOG_BYTES:
            raise CatalogueStopped(StopReason.XML_DAMAGED, line=self._parser.ErrorLineNumber)
        offset = max(self._parser.ErrorByteIndex + self._shift - begin, 0)
        tag = ITEM.match(data, max(data.rfind(b"<", 0, offset + 1), 0))
        if self._item is None and tag:  # the start of an item is what is damaged
            self._count += 1
            self._item = XmlItem(self._count, self._parser.ErrorLineNumber)
            offset = max(offset, tag.end())
        return self._refuse_item(data, offset)

    def _refuse_item(self, data: bytes, offset: int) -> bytes:
        if self._item is not None:
            self._items.append(XmlItem(self._item.number, self._item.line, is_damaged=True))
            self._item = None
        self._is_searching = True
        self._fed += offset
        return data[offset:]

    def _restart(self) -> None:
        """Begin with a new parser as if the file began here, after its first elements."""
        self._parser = self._make_parser()
        self._depth, self._element, self._is_searching = 0, None, False
        self._is_replaying = True
        self._parser.Parse(self._prolog, False)
        self._is_replaying = False
        self._shift = self._fed - len(self._prolog)

    def _position(self) -> int:
        return self._parser.CurrentByteIndex + self._shift

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        namespace, local = _parse_name(name)
        if self._depth > MAX_XML_DEPTH:
            raise CatalogueStopped(StopReason.XML_TOO_DEEP, limit=MAX_XML_DEPTH)
        if self._is_replaying:
            return
        self._root = self._root or self._check_root(local)
        if local in ITEM_NAMES:
            self._begin_item()
        elif self._item is not None and self._depth == self._item_depth + 1:
            self._element, self._texts, self._length = (namespace, local) if namespace is not None else None, [], 0
            if local == "link" and attributes.get("rel", "alternate") == "alternate":
                self._texts = [attributes.get("href", "")]

    def _check_root(self, local: str) -> str:
        if local.casefold() == "html":
            raise CatalogueStopped(StopReason.WEB_PAGE)
        return local

    def _begin_item(self) -> None:
        if self._item is not None:
            raise _ItemInside(self._position())
        if not self._count:
            self._prolog = self._prolog[: self._position()]
        self._count += 1
        self._item, self._item_depth = XmlItem(self._count, self._parser.CurrentLineNumber), self._depth
        self._take_notes(self._position())

    def _end(self, name: str) -> None:
        if self._item is not None and self._depth == self._item_depth:
            self._item.notes = self._take_notes(self._position())
            self._items.append(self._item)
            self._item = None
        elif self._item is not None and self._depth == self._item_depth + 1 and self._element:
            namespace, local = self._element
            self._item.elements.setdefault(namespace, []).append((local, "".join(self._texts)))
            self._element = None
        self._depth -= 1
        self._is_closed |= self._depth == 0

    def _text(self, text: str) -> None:
        if self._element is None or self._is_replaying:
            return
        self._length += len(text)
        if self._length > MAX_CELL_CHARS:
            raise CatalogueStopped(StopReason.CELL_TOO_LONG, row=self._count, limit=MAX_CELL_CHARS)
        if self._depth == self._item_depth + 1 or self._element[0] == ATOM:
            self._texts.append(text)

    def _take_notes(self, position: int) -> list[NoteKind]:
        """Return what was repaired before this position, and forget it."""
        repairs = self._repair.repairs
        kinds = [kind for offset, kind in repairs if offset < position]
        self._repair.repairs = [repair for repair in repairs if repair[0] >= position]
        return list(dict.fromkeys(kinds))


@lru_cache(maxsize=1_000)
def _parse_name(name: str) -> tuple[str | None, str]:
    """Return the namespace of a name as the parser writes it, None if it is foreign, and the name in it."""
    namespace, _space, local = name.rpartition(" ")
    return NAMESPACES.get(re.sub(r"^https?://|/$", "", namespace.casefold())), local


def _declare_google(text: str) -> str:
    """Declare the prefix g: in a feed that uses it and forgot to."""
    if "<g:" not in text or re.search(r"xmlns:g\s*=", text):
        return text
    return re.sub(r"<(rss|feed)\b", r'<\1 xmlns:g="http://base.google.com/ns/1.0"', text, count=1)


def _encoding_of(head: bytes, encoding_by_bytes: str) -> Encoding:
    if encoding_by_bytes and encoding_by_bytes != "utf-8-sig":
        return Encoding(encoding_by_bytes)
    declaration = DECLARATION.match(head.removeprefix(b"\xef\xbb\xbf"))
    return declared_encoding(declaration[1].decode("ascii") if declaration and not encoding_by_bytes else "")
