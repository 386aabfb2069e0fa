"""Lines of a text file on their way to a csv reader."""

import io
from collections.abc import Iterator, Sequence

from catalog.imports.limits import MAX_ROW_CHARS
from catalog.imports.remarks import CatalogueStopped, NoteKind, StopReason
from catalog.imports.values.text import CONTROLS, WRONG_BYTES, repair_bytes, without_controls


class LineFeed:
    """Feeds lines to a csv reader, within limits, without control characters, and can take lines back."""

    def __init__(self, text: io.TextIOWrapper) -> None:
        self._text = text
        self._returned: list[str] = []
        self.current: list[str] = []
        """The lines of the record that is being read."""
        self.number, self.row = 0, 0
        self.notes: list[NoteKind] = []
        self.is_exhausted = False
        self._length = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._returned.pop() if self._returned else self._text.readline(MAX_ROW_CHARS + 1)
        if not line:
            self.is_exhausted = True
            raise StopIteration
        self._length += len(line)
        if self._length > MAX_ROW_CHARS:
            raise CatalogueStopped(StopReason.ROW_TOO_LONG, row=self.row, limit=MAX_ROW_CHARS)
        self.number += 1
        self.current.append(line)
        return self.repaired(line)

    def begin_row(self, row: int) -> None:
        self.row, self._length = row, 0
        self.current, self.notes = [], []

    def take_back(self, lines: Sequence[str]) -> None:
        """Feed these lines again, as those of later records."""
        self._returned += reversed(lines)
        self.number -= len(lines)
        self.is_exhausted = False

    def repaired(self, line: str) -> str:
        if not line.isascii() and WRONG_BYTES.search(line):
            self._note(NoteKind.WRONG_BYTES)
            line = repair_bytes(line)
        if CONTROLS.search(line):
            self._note(NoteKind.CONTROL_CHARACTERS)
            line = without_controls(line)
        if "\ufffd" in line:
            self._note(NoteKind.UNREADABLE_LETTERS)
        return line

    def _note(self, kind: NoteKind) -> None:
        if kind not in self.notes:
            self.notes.append(kind)
