"""Rows of CSV and TSV files. A row is a record, not a line: cells may contain line breaks.

Source: RFC 4180, and what spreadsheets make of it.
"""

import csv
import io
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from catalog.imports.encodings import Encoding
from catalog.imports.limits import MAX_CELL_CHARS, MAX_COLUMNS
from catalog.imports.line_feed import LineFeed
from catalog.imports.remarks import CatalogueStopped, NoteKind, StopReason
from catalog.imports.source_file import SourceFile

DELIMITERS = ",;\t|"
MAX_HEADER_LINES = 20
ROWS_THAT_SHOW_LENGTH = 3
"""A short last row is cut off if so many rows before it, and all of them, have a cell for each column."""
EXCEL_HINT = re.compile(r'"?sep=(.)"?\s*')
"""A line that tells Excel the delimiter, and is no row."""
WHOLE_QUOTED = re.compile(r'"(?:[^"]|"")*"')


@dataclass(slots=True)
class TextRow:
    """A record. The first one after the column names is number 1, and empty ones count."""

    number: int
    line: int
    cells: list[str]
    notes: list[NoteKind] = field(default_factory=list)
    is_cut_off: bool = False
    is_unclosed: bool = False
    """A quotation mark opens in it that no other closes."""


class DelimitedFile:
    """A text file with column names. `count_known` returns how many cells of a row are names of known columns."""

    def __init__(self, source: SourceFile, encoding: Encoding, count_known: Callable[[Sequence[str]], int]) -> None:
        self._source, self._encoding = source, encoding
        self.delimiter, self._lines_before, self.columns = self._read_header(count_known)
        self._is_quoted = self.delimiter != "\t" or self._quotes_tabs()

    def rows(self) -> Iterator[TextRow]:
        """Yield the records after the column names, empty ones included. Raises CatalogueStopped at a limit."""
        with self._open() as text:
            for _line in range(self._lines_before):
                text.readline()
            lines = LineFeed(text)
            lines.number = self._lines_before
            yield from self._records(lines)

    def _records(self, lines: LineFeed) -> Iterator[TextRow]:
        reader, number, full_rows, short_rows = self._reader(lines), 0, 0, 0
        while True:
            number += 1
            lines.begin_row(number)
            line = lines.number + 1
            cells: list[str] | None
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                if "field limit" in str(error):
                    raise CatalogueStopped(StopReason.CELL_TOO_LONG, row=number, limit=MAX_CELL_CHARS) from error
                # A stray quotation mark. If it swallowed no other row, the record is read without strictness.
                cells = None if self._swallows_rows(lines) else self._parse(lines, lines.current)
                reader = self._reader(lines)
            if cells is None or (lines.is_exhausted and self._swallows_rows(lines)):
                lines.take_back(lines.current[1:])
                reader = self._reader(lines)
                yield TextRow(number, line, self._parse(lines, lines.current[:1]), [*lines.notes], is_unclosed=True)
                continue
            is_short = len(cells) < len(self.columns)
            is_half = is_short and not short_rows and full_rows >= ROWS_THAT_SHOW_LENGTH
            is_last = not lines.current[-1].endswith(("\n", "\r"))
            is_cut_off = lines.is_exhausted or (is_last and (self._source.ends_early or is_half))
            short_rows, full_rows = short_rows + (is_short and bool(cells)), full_rows + (not is_short)
            yield TextRow(number, line, cells, [*lines.notes], is_cut_off=is_cut_off)

    def _swallows_rows(self, lines: LineFeed) -> bool:
        """Return whether lines of the current record are rows, because a quotation mark opens that no other closes."""
        return any(len(self._parse(lines, [line])) >= len(self.columns) > 1 for line in lines.current[1:])

    def _parse(self, lines: LineFeed, texts: Sequence[str]) -> list[str]:
        """Return the cells of one or more lines of the current record, without strictness."""
        try:
            return next(csv.reader(map(lines.repaired, texts), delimiter=self.delimiter), [])
        except csv.Error as error:
            raise CatalogueStopped(StopReason.CELL_TOO_LONG, row=lines.row, limit=MAX_CELL_CHARS) from error

    def _reader(self, lines: Iterator[str]) -> Iterator[list[str]]:
        if not self._is_quoted:
            return csv.reader(lines, delimiter=self.delimiter, quoting=csv.QUOTE_NONE, strict=True)
        return csv.reader(lines, delimiter=self.delimiter, strict=True)

    def _open(self) -> io.TextIOWrapper:
        return io.TextIOWrapper(self._source.open(), self._encoding.name, self._encoding.errors, newline="")

    def _read_header(self, count_known: Callable[[Sequence[str]], int]) -> tuple[str, int, list[str]]:
        """Return the delimiter, the lines up to and with the column names, and these names."""
        with self._open() as text:
            lines = LineFeed(text)
            hint = ""
            for line in lines:
                if excel_hint := EXCEL_HINT.fullmatch(line):
                    hint = excel_hint[1]
                elif line.strip(f' "{DELIMITERS}\r\n'):
                    break
                lines.begin_row(0)
            else:
                raise CatalogueStopped(StopReason.EMPTY)
            lines.take_back(lines.current)
            before, rest = lines.number, []
            for line in islice(lines, MAX_HEADER_LINES):
                rest.append(line)
                lines.begin_row(0)
        readings = {sign: _first_record(rest, sign) for sign in (hint or DELIMITERS)}
        delimiter = max(readings, key=lambda sign: count_known(readings[sign][0]))
        columns, count = readings[delimiter]
        if len(columns) > MAX_COLUMNS:
            raise CatalogueStopped(StopReason.TOO_MANY_COLUMNS, limit=MAX_COLUMNS)
        return delimiter, before + count, columns

    def _quotes_tabs(self) -> bool:
        """Return whether cells of a tab-separated file stand in quotation marks, as spreadsheets write them.

        Feeds do not quote, so that a mark is part of its text. A file quotes if all its marks can be those of a writer
        that quotes: each opens and closes a whole cell, and no quoted cell contains a tab, unless its line would be too long.
        """
        has_marks = is_too_long = False
        with self._open() as text:
            lines = LineFeed(text)
            for line in lines:
                if '"' in line:
                    has_marks = True
                    cells = line.rstrip("\r\n").split("\t")
                    is_whole = len(cells) == len(self.columns)
                    is_too_long |= len(cells) > len(self.columns)
                    if is_whole and any('"' in cell and not WHOLE_QUOTED.fullmatch(cell) for cell in cells):
                        return False
                lines.begin_row(0)
        return has_marks and self._reads_as_quoted(tabs_fit=is_too_long)

    def _reads_as_quoted(self, *, tabs_fit: bool) -> bool:
        with self._open() as text:
            lines = LineFeed(text)
            try:
                for cells in csv.reader(lines, delimiter="\t", strict=True):
                    has_tabs, fits = any("\t" in cell for cell in cells), len(cells) == len(self.columns)
                    if (has_tabs and not (tabs_fit and fits)) or lines.is_exhausted:
                        return False
                    lines.begin_row(0)
            except csv.Error:
                return False
        return True


def _first_record(lines: Sequence[str], delimiter: str) -> tuple[list[str], int]:
    """Return the first record of some lines, and how many lines it takes."""
    reader = csv.reader(lines, delimiter=delimiter)
    try:
        return next(reader, []), reader.line_num
    except csv.Error:
        return [], 1
