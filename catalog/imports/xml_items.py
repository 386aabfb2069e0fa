"""Items of RSS and Atom feeds, read one at a time. An item that is damaged is refused; reading goes on with the next."""

import codecs
import re
from collections.abc import Iterator
from xml.parsers.expat import ExpatError

from catalog.imports.encodings import Encoding, declared_encoding
from catalog.imports.limits import MAX_PROLOG_BYTES, MAX_ROW_CHARS
from catalog.imports.remarks import CatalogueStopped, StopReason
from catalog.imports.source_file import SourceFile
from catalog.imports.xml_parser import ItemInside, ItemParser, XmlItem
from catalog.imports.xml_repair import XmlRepair

CHUNK_BYTES = 64 * 1024
TAIL_BYTES = 200
"""Of the end of a file, where the root element closes."""
DECLARATION = re.compile(rb"""\s*<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._:-]+)["']""")
ITEM = re.compile(rb"<(?:[\w.-]+:)?(?:item|entry)(?=[\s/>])")
ROOTS = {"rss", "feed", "rdf"}


class XmlFeed:
    """The items of a feed. `ends_early` is right after all were read."""

    def __init__(self, source: SourceFile, encoding_by_bytes: str) -> None:
        self._source = source
        self.encoding = _encoding_of(source, encoding_by_bytes)
        self.ends_early = False
        self._repair, self._parser = XmlRepair(), ItemParser()
        self._prolog, self._tail = b"", b""
        self._fed, self._lines = 0, 0
        """How many bytes and ends of lines of the file were parsed or passed over."""
        self._is_searching = False
        """Whether an item was damaged, and the next one has not begun yet."""

    def items(self) -> Iterator[XmlItem]:
        """Yield the items in the order of the file. Raises CatalogueStopped."""
        is_first, is_last = True, False
        decoder = codecs.getincrementaldecoder(self.encoding.name)(self.encoding.errors)
        with self._source.open() as file:
            while not is_last:
                data = file.read(CHUNK_BYTES)
                is_last = not data
                text = decoder.decode(data, final=is_last)
                if is_first and text:
                    text, is_first = _declare_google(self._begin(text)), False
                yield from self._feed(self._repair.feed(text, is_last=is_last))
        self._finish()

    def _feed(self, data: bytes) -> Iterator[XmlItem]:
        """Parse a piece of the file. After damage, go on at the next item."""
        self._tail = (self._tail + data)[-TAIL_BYTES:]
        while data:
            data = self._skip_to_item(data) if self._is_searching else self._parse(data)
            for item in self._parser.items:
                item.notes = self._repair.take_notes(item.begin, item.end)
                yield item
            self._parser.items.clear()

    def _parse(self, data: bytes) -> bytes:
        """Parse, and return what is left of a piece with damage."""
        begin = self._fed
        if not self._parser.count and len(self._prolog) <= MAX_PROLOG_BYTES:
            self._prolog += data
        try:
            self._parser.parse(data)
        except ExpatError:
            return self._skip_damage(data, begin)
        except ItemInside as inside:
            return self._refuse_item(data, max(inside.args[0] - begin, 0))
        self._pass(data)
        if self._fed - self._parser.position > MAX_ROW_CHARS:
            raise CatalogueStopped(StopReason.ROW_TOO_LONG, row=self._parser.count or 1, limit=MAX_ROW_CHARS)
        return b""

    def _skip_damage(self, data: bytes, begin: int) -> bytes:
        """Refuse the item that is damaged, and return what follows the damage."""
        parser = self._parser
        if not parser.count or parser.prolog_bytes > MAX_PROLOG_BYTES:
            raise CatalogueStopped(StopReason.XML_DAMAGED, line=parser.error_line)
        offset = max(parser.error_position - begin, 0)
        tag = ITEM.match(data, max(data.rfind(b"<", 0, offset + 1), 0))
        if parser.item is None and tag:  # the start of an item is what is damaged
            parser.count += 1
            parser.item = XmlItem(parser.count, parser.error_line, begin + offset)
            offset = max(offset, tag.end())
        return self._refuse_item(data, offset)

    def _refuse_item(self, data: bytes, offset: int) -> bytes:
        item = self._parser.item
        if item is not None:
            item.is_damaged, item.end = True, self._fed + offset
            self._parser.items.append(item)
            self._parser.item = None
        self._is_searching = True
        self._pass(data[:offset])
        return data[offset:]

    def _skip_to_item(self, data: bytes) -> bytes:
        """Begin with a new parser where the next item begins, as if that were the first of the file."""
        start = ITEM.search(data)
        self._pass(data[: start.start()] if start else data)
        if start is None:
            return b""
        prolog = self._prolog[: self._parser.prolog_bytes]
        self._parser = ItemParser(start=self._fed, lines=self._lines, prolog=prolog, count=self._parser.count)
        self._is_searching = False
        return data[start.start() :]

    def _begin(self, text: str) -> str:
        """Return the text without space in front, whose lines are counted."""
        stripped = text.lstrip("\ufeff \t\r\n\0")
        self._lines = text[: len(text) - len(stripped)].count("\n")
        self._parser = ItemParser(lines=self._lines)
        return stripped

    def _pass(self, data: bytes) -> None:
        self._fed += len(data)
        self._lines += data.count(b"\n")

    def _finish(self) -> None:
        is_closed = self._parser.is_closed
        root = self._parser.root
        if not self._is_searching:
            try:
                self._parser.parse(b"", is_last=True)
            except ExpatError:
                self.ends_early = not is_closed
        else:
            closing = rf"</(?:[\w.-]+:)?{re.escape(root)}\s*>".encode()
            is_closed = is_closed or bool(re.search(closing, self._tail))
        self.ends_early = self.ends_early or self._source.ends_early or not is_closed
        if not self._parser.count and not self.ends_early and root.casefold() not in ROOTS:
            raise CatalogueStopped(StopReason.NOT_A_CATALOGUE)


def _declare_google(text: str) -> str:
    """Declare the prefix g: in a feed that uses it and forgot to."""
    if "<g:" not in text or re.search(r"xmlns:g\s*=", text):
        return text
    return re.sub(r"<(rss|feed)\b", r'<\1 xmlns:g="http://base.google.com/ns/1.0"', text, count=1)


def _encoding_of(source: SourceFile, encoding_by_bytes: str) -> Encoding:
    if encoding_by_bytes and encoding_by_bytes != "utf-8-sig":
        return Encoding(encoding_by_bytes)
    declaration = DECLARATION.match(source.head())
    return declared_encoding(source, declaration[1].decode("ascii") if declaration else "")
