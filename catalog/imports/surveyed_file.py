"""A catalogue file, from its bytes to checked products. Nothing is written to the database.

The file is read twice: once to learn its decimal sign, and what all rows of a product say together; then row by row.
"""

from collections.abc import Iterator
from types import TracebackType
from typing import IO, Self

from django.conf import settings
from django.utils import timezone

from catalog.imports.formats import own
from catalog.imports.formats.files import open_catalogue
from catalog.imports.limits import MAX_ROWS
from catalog.imports.products import ProductAssembly
from catalog.imports.remarks import CatalogueStopped, NoteKind, Remark, StopReason
from catalog.imports.results import Outcome
from catalog.imports.source_file import SourceFile
from catalog.imports.source_rows import RowStore
from catalog.imports.survey import FileSurvey
from catalog.imports.variants import ShopRules, VariantReader

DECIMAL_NOTES = {".": NoteKind.DECIMAL_POINT, ",": NoteKind.DECIMAL_COMMA, "": NoteKind.DECIMAL_UNKNOWN}


class SurveyedFile:
    """A file that was surveyed and can be read. Use it in a with statement: its rows are in a temporary file.

    `file` is binary and seekable, and may be gzipped. `currency` is the shop's. `decimal_sign` answers for the file: a
    point or a comma; None lets most of its prices decide. `encoding` answers for a file whose letters are not recognized.
    Raises CatalogueStopped if the file is refused as a whole.
    """

    def __init__(
        self, file: IO[bytes], *, currency: str = "", decimal_sign: str | None = None, encoding: str = ""
    ) -> None:
        currency = currency or str(settings.CURRENCY)
        self._rows, self._survey = RowStore(), FileSurvey(currency)
        try:
            catalogue = open_catalogue(SourceFile(file), encoding)
            for row in catalogue.rows():
                if self._survey.rows >= MAX_ROWS:
                    raise CatalogueStopped(StopReason.TOO_MANY_ROWS, limit=MAX_ROWS)
                self._survey.add(row)
                self._rows.append(row)
            if not self._survey.rows:
                raise CatalogueStopped(StopReason.CUT_OFF if catalogue.ends_early else StopReason.NO_ROWS)
        except CatalogueStopped:
            self._rows.close()
            raise
        self._survey.finish()
        self.silent_fields = catalogue.silent_fields
        """Fields of the shop of which the file says nothing."""
        self.format_name = catalogue.format_name
        """What the dry run calls the format."""
        self.ends_early = catalogue.ends_early
        """Whether the file breaks off. Then nothing that is missing from it may go off sale."""
        sign = self._survey.decimal_sign if decimal_sign is None else decimal_sign
        self.notes = catalogue.notes()
        """What concerns the file as a whole."""
        if sign or self._survey.has_unclear_prices:
            self.notes.append(Remark(DECIMAL_NOTES[sign]))
        if self.ends_early:
            self.notes.insert(0, Remark(NoteKind.ENDS_EARLY))
        self._rules = ShopRules(currency, timezone.get_default_timezone(), sign, timezone.now())

    @property
    def row_count(self) -> int:
        """Return how many rows the file has, without empty ones."""
        return self._survey.rows

    @property
    def is_own(self) -> bool:
        """Return whether the file is in the shop's own format."""
        return self.format_name == own.COLUMNS.format_name

    def outcomes(self) -> Iterator[Outcome]:
        """Yield refused rows, notes and products in the order of the file, each product after its last row.

        Products that are not complete are in memory, no others. It can be called again and yields the same.
        """
        yield from ProductAssembly(self._survey, VariantReader(self._rules)).outcomes(self._rows)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._rows.close()
