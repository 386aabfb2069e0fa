"""Catalogue files, read for tests: what came of each row, and files made of a few cells."""

import csv
import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from catalog.imports.remarks import CatalogueStopped, NoteKind, RefusalReason, StopReason
from catalog.imports.results import RefusedRow, RowNote, SourceProduct, SourceVariant
from catalog.imports.surveyed_file import SurveyedFile

FEEDS = Path(__file__).parents[2] / "data" / "feeds"
GOOGLE_NAMESPACE = 'xmlns:g="http://base.google.com/ns/1.0"'
SHOPIFY = {"Handle": "pan", "Title": "Pan", "Variant SKU": "PAN", "Variant Price": "5.00"}


@dataclass
class ReadFile:
    """What a file resulted in. Rows are named as people see them, such as "3" or "2.1"."""

    format_name: str
    products: list[SourceProduct]
    refused: dict[str, RefusalReason]
    notes: dict[str, list[NoteKind]]
    file_notes: dict[NoteKind, str]
    lines: dict[str, int]
    ends_early: bool

    @property
    def variants(self) -> dict[str, SourceVariant]:
        """Return the variants by SKU, or else by key."""
        return {variant.sku or variant.key: variant for product in self.products for variant in product.variants}

    def product_of(self, name: str) -> SourceProduct:
        """Return the product of a variant, by its SKU or key."""
        return next(p for p in self.products if any(name in (v.sku, v.key) for v in p.variants))

    @property
    def titles(self) -> list[str]:
        return [product.title for product in self.products]

    @property
    def prices(self) -> dict[str, int]:
        return {name: variant.price_minor for name, variant in self.variants.items()}


def read_bytes(data: bytes, **options: Any) -> ReadFile:
    """Read a file. Raises CatalogueStopped."""
    with SurveyedFile(io.BytesIO(data), **{"currency": "USD", **options}) as reading:
        outcomes = list(reading.outcomes())
    refused = [outcome for outcome in outcomes if isinstance(outcome, RefusedRow)]
    notes: dict[str, list[NoteKind]] = {}
    for note in outcomes:
        if isinstance(note, RowNote):
            assert note.remark.sentence
            notes.setdefault(str(note.number), []).append(note.remark.kind)
    return ReadFile(
        reading.format_name,
        [outcome for outcome in outcomes if isinstance(outcome, SourceProduct)],
        {str(row.number): row.remark.kind for row in refused if row.remark.sentence},
        notes,
        {remark.kind: remark.sentence for remark in reading.notes},
        {str(row.number): row.line for row in refused},
        reading.ends_early,
    )


def read_text(text: str, **options: Any) -> ReadFile:
    return read_bytes(text.encode(), **options)


def read_feed(name: str, **options: Any) -> ReadFile:
    return read_bytes((FEEDS / name).read_bytes(), **options)


def stop_of(data: bytes | str, **options: Any) -> StopReason:
    """Return why a file is refused as a whole."""
    with pytest.raises(CatalogueStopped) as stopped:
        read_bytes(data.encode() if isinstance(data, str) else data, **options)
    assert str(stopped.value)
    return stopped.value.remark.kind


def shopify(*rows: dict[str, str], delimiter: str = ",") -> str:
    """Return a file with a row for each dictionary, which names what differs from one pan with one price."""
    rows = tuple(_with_own_names(row, n) for n, row in enumerate(rows, start=1))
    columns = list(dict.fromkeys(column for row in rows for column in row))
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, delimiter=delimiter, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def _with_own_names(row: dict[str, str], n: int) -> dict[str, str]:
    return SHOPIFY | {"Handle": f"pan-{n}", "Variant SKU": f"PAN-{n}"} | row


def read_prices(*prices: str, **options: Any) -> ReadFile:
    """Read a Shopify file with these prices, of the variants PAN-1, PAN-2 and so on."""
    return read_text(shopify(*({"Variant Price": price} for price in prices)), **options)


def item(name: str, *, extra: str = "", **values: str) -> str:
    """Return an item of a Google feed."""
    values = {"title": f"Title {name}", "price": "5.00 USD", "availability": "in_stock"} | values
    return f"<item><g:id>{name}</g:id>{''.join(f'<g:{k}>{v}</g:{k}>' for k, v in values.items())}{extra}</item>"


def rss(*items: str, declaration: str = '<?xml version="1.0"?>', namespace: str = GOOGLE_NAMESPACE) -> str:
    head = f'{declaration}<rss version="2.0" {namespace}><channel><title>Shop</title>'
    return f"{head}{''.join(items)}</channel></rss>"
