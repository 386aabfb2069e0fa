"""The rows of a file in their common form, whatever its format, which is recognised by what is in the file."""

from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from typing import Protocol

from catalog.imports.delimited import DelimitedFile, TextRow
from catalog.imports.encodings import UTF_8, WINDOWS_1252, Encoding, declared_encoding, detect_encoding
from catalog.imports.formats import google, own, shopify, woocommerce
from catalog.imports.formats.columns import ColumnMatch, ColumnSet, choose_columns, is_blank, match_columns
from catalog.imports.formats.products_json import read_product
from catalog.imports.json_items import JsonFile
from catalog.imports.limits import MAX_CELL_CHARS
from catalog.imports.remarks import CatalogueStopped, NoteKind, RefusalReason, Remark, StopReason
from catalog.imports.silent_fields import find_silent_fields
from catalog.imports.source_file import SourceFile, Syntax, detect_syntax
from catalog.imports.source_rows import RowKind, SourceRow
from catalog.imports.xml_items import XmlFeed
from catalog.imports.xml_parser import ATOM, GOOGLE, NONE, XmlItem

type RowReader = Callable[[dict[str, str], int, int], SourceRow]
COLUMN_SETS = (own.COLUMNS, shopify.COLUMNS, woocommerce.COLUMNS, google.COLUMNS)
MAX_UNUSED_NAMES = 30
ATOM_NAMES = {"summary": "description", "content": "description"}


class CatalogueFile(Protocol):
    """A file in one format. `ends_early` and `notes` are right after all rows were read."""

    format_name: str
    silent_fields: frozenset[str]

    @property
    def ends_early(self) -> bool: ...
    def rows(self) -> Iterator[SourceRow]: ...
    def notes(self) -> list[Remark]: ...


def open_catalogue(source: SourceFile, encoding_name: str = "") -> CatalogueFile:
    """Return a file as one of its format. Raises CatalogueStopped if it is of none.

    `encoding_name` is what a person says who knows it, for a file that does not say it itself.
    """
    syntax, encoding = detect_syntax(source)
    if syntax == Syntax.XML:
        return FeedFile(source, encoding)
    if encoding and encoding != UTF_8.name:
        plain = Encoding(encoding)
    else:
        plain = declared_encoding(source, encoding_name) if encoding_name else detect_encoding(source)
    return ProductsJson(source, plain) if syntax == Syntax.JSON else ColumnFile(source, plain)


class ColumnFile:
    """A CSV or TSV file of any format."""

    def __init__(self, source: SourceFile, encoding: Encoding) -> None:
        self._source, self._encoding = source, encoding
        self._file = DelimitedFile(source, encoding, _count_known)
        known = choose_columns(self._file.columns, COLUMN_SETS)
        self._match: ColumnMatch = match_columns(self._file.columns, known)
        self.format_name = known.format_name
        self.silent_fields = find_silent_fields(known.fields.values(), self._match.places)
        self.ends_early = False
        self._read = self._reader_of(known)

    def rows(self) -> Iterator[SourceRow]:
        """Yield a row for each record that is not empty."""
        for record in self._file.rows():
            if all(map(is_blank, record.cells)):
                continue
            self.ends_early = self.ends_early or record.is_cut_off
            yield self._row_of(record)
        self.ends_early = self.ends_early or self._source.ends_early

    def notes(self) -> list[Remark]:
        return [*encoding_notes(self._encoding), *unused_notes(self._match.unused)]

    def _row_of(self, record: TextRow) -> SourceRow:
        """Return the common form of a record. Half a row says nothing about its product; a row with more cells does."""
        if record.is_cut_off or record.is_unclosed:
            row = SourceRow(record.number, 0, record.line, RowKind.VARIANT, f"row:{record.number}", {})
            row.refusal = Remark(RefusalReason.CUT_OFF if record.is_cut_off else RefusalReason.UNCLOSED_QUOTE)
            return row
        row = self._read(self._match.fields_of(record.cells), record.number, record.line)
        row.notes = [Remark(kind) for kind in record.notes]
        if not all(map(is_blank, record.cells[len(self._match.columns) :])):
            row.refusal = Remark(RefusalReason.TOO_MANY_CELLS)
        return row

    def _reader_of(self, known: ColumnSet) -> RowReader:
        if known is shopify.COLUMNS:
            has_tracker = "tracker" in self._match.places
            return lambda fields, row, line: shopify.read_row(fields, row, line, has_tracker)
        readers = {"WooCommerce CSV": woocommerce.read_row, "CSV": own.read_row}
        return readers.get(known.format_name, google.read_row)


class FeedFile:
    """A feed of items, in RSS or Atom."""

    format_name = "Google product data (XML)"
    silent_fields: frozenset[str] = frozenset()

    def __init__(self, source: SourceFile, encoding: str) -> None:
        self._feed = XmlFeed(source, encoding)
        self._unused: dict[str, None] = {}

    @property
    def ends_early(self) -> bool:
        return self._feed.ends_early

    def rows(self) -> Iterator[SourceRow]:
        """Yield a row for each item. Of elements with the same name, Google's come first."""
        for item in self._feed.items():
            if item.is_damaged:
                row = SourceRow(item.number, 0, item.line, RowKind.VARIANT, f"row:{item.number}", {})
                row.refusal = Remark(RefusalReason.DAMAGED, {"line": item.line})
            else:
                row = self._row_of(item)
            yield row

    def notes(self) -> list[Remark]:
        return [*encoding_notes(self._feed.encoding), *unused_notes(list(self._unused))]

    def _row_of(self, item: XmlItem) -> SourceRow:
        fields: dict[str, str] = {}
        lists: dict[str, list[str]] = {"product_types": [], "additional_pictures": []}
        for namespace in (GOOGLE, NONE, ATOM):
            for name, text in item.elements.get(namespace, ()):
                known = google.NAMES.get(name) or ATOM_NAMES.get(name, "")
                if not known:
                    self._unused.setdefault(name)
                elif not is_blank(text) and known in lists:
                    lists[known].append(text.strip())
                elif not is_blank(text):
                    fields.setdefault(known, text)
        if lists["additional_pictures"]:
            fields["additional_pictures"] = ",".join(lists["additional_pictures"])
        row = google.read_row(fields, item.number, item.line, lists["product_types"])
        row.notes = [Remark(kind) for kind in item.notes]
        if any("\ufffd" in text for text in fields.values()):
            row.note(NoteKind.UNREADABLE_LETTERS)
        return row


class ProductsJson:
    """A products.json file."""

    format_name = "products.json"
    silent_fields: frozenset[str] = frozenset()

    def __init__(self, source: SourceFile, encoding: Encoding) -> None:
        self._file, self._encoding = JsonFile(source, encoding), encoding

    @property
    def ends_early(self) -> bool:
        return self._file.ends_early

    def rows(self) -> Iterator[SourceRow]:
        """Yield a row for each product, and one for each of its variants."""
        for row in chain.from_iterable(read_product(item, n) for n, item in enumerate(self._file.items(), start=1)):
            if any(len(text) > MAX_CELL_CHARS for text in row.fields.values()):
                raise CatalogueStopped(StopReason.CELL_TOO_LONG, row=row.row, limit=MAX_CELL_CHARS)
            yield row

    def notes(self) -> list[Remark]:
        wrong = [Remark(NoteKind.WRONG_BYTES)] if self._file.has_wrong_bytes else []
        return [*encoding_notes(self._encoding), *wrong]


def encoding_notes(encoding: Encoding) -> list[Remark]:
    """Say which encoding the file has, if it is not UTF-8."""
    name = "Windows-1252" if encoding == WINDOWS_1252 else encoding.name.upper()
    return [] if encoding == UTF_8 else [Remark(NoteKind.ENCODING, {"encoding": name})]


def unused_notes(names: Sequence[str]) -> list[Remark]:
    """Name the columns or elements that are not used, once for the file."""
    shown = ", ".join(name[:60] for name in names[:MAX_UNUSED_NAMES]) + (" …" if len(names) > MAX_UNUSED_NAMES else "")
    return [Remark(NoteKind.UNUSED_COLUMNS, {"columns": shown})] if names else []


def _count_known(columns: Sequence[str]) -> int:
    return max(known.count_known(columns) for known in COLUMN_SETS)
