"""The results of a file in chunks, each written in one transaction. The same file always falls into the same results."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from catalog.imports.remarks import Remark
from catalog.imports.results import Outcome, RefusedRow, RowNote, RowNumber, SourceProduct

CHUNK_ROWS = 500


@dataclass(slots=True)
class Chunk:
    """Products and refused rows, with the notes on the rows of these products."""

    end: int = 0
    """How many of the file's results come before the next chunk."""
    products: list[SourceProduct] = field(default_factory=list)
    refusals: list[RefusedRow] = field(default_factory=list)
    notes: dict[RowNumber, list[Remark]] = field(default_factory=dict)
    is_last: bool = False
    rows: int = 0


def in_chunks(outcomes: Iterable[Outcome], *, start: int = 0) -> Iterator[Chunk]:
    """Yield chunks of what follows the first `start` results. The last one has the notes on rows without a variant."""
    waiting: dict[RowNumber, list[Remark]] = {}
    """Notes stand in front of the product of their row, or right behind it."""
    chunk, written, place = Chunk(), set[RowNumber](), 0
    for place, outcome in enumerate(outcomes, start=1):
        if isinstance(outcome, RowNote):
            if outcome.number not in written:
                waiting.setdefault(outcome.number, []).append(outcome.remark)
            continue
        if chunk.rows >= CHUNK_ROWS:
            chunk.end = place - 1
            yield _with_notes(chunk, waiting)
            chunk = Chunk()
        if place <= start:
            written = set(_numbers(outcome))
            for number in written:
                waiting.pop(number, None)
        else:
            written = set()
            _add(chunk, outcome)
    chunk.end, chunk.is_last = place, True
    yield _with_notes(chunk, waiting)


def _add(chunk: Chunk, outcome: SourceProduct | RefusedRow) -> None:
    if isinstance(outcome, SourceProduct):
        chunk.products.append(outcome)
    else:
        chunk.refusals.append(outcome)
    chunk.rows += len(_numbers(outcome))


def _numbers(outcome: SourceProduct | RefusedRow) -> list[RowNumber]:
    rows = outcome.variants if isinstance(outcome, SourceProduct) else [outcome]
    return [row.number for row in rows]


def _with_notes(chunk: Chunk, waiting: dict[RowNumber, list[Remark]]) -> Chunk:
    """Move the notes on rows of the chunk into it, and into the last one all that are left."""
    numbers = [variant.number for product in chunk.products for variant in product.variants]
    for number in numbers + [row.number for row in chunk.refusals]:
        if number in waiting:
            chunk.notes[number] = waiting.pop(number)
    if chunk.is_last:
        chunk.notes |= waiting
    return chunk
