"""Limits that hold while a file is read: memory stays small, and the sentence names the limit."""

import gzip
import io
import time
import tracemalloc
from collections.abc import Callable
from typing import Any

import pytest

from catalog.imports import source_file, surveyed_file
from catalog.imports.limits import MAX_CELL_CHARS, MAX_ROW_CHARS
from catalog.imports.remarks import CatalogueStopped, StopReason
from catalog.imports.results import SourceProduct
from catalog.imports.surveyed_file import SurveyedFile
from tests.catalog.imports.readings import FEEDS, item, read_bytes, read_text, rss, shopify, stop_of

MEGABYTES = 1024**2
LONG = "x" * 20 * MEGABYTES
HOSTILE: dict[str, tuple[Callable[[], bytes], StopReason]] = {
    "bomb of the cases": (lambda: (FEEDS / "gzip_bomb.csv.gz").read_bytes(), StopReason.UNPACKED_TOO_FAR),
    "bomb of lines": (lambda: gzip.compress(shopify({}).encode() + b"\n" * 40_000_000), StopReason.UNPACKED_TOO_FAR),
    "bomb in a bomb": (lambda: gzip.compress(gzip.compress(bytes(40_000_000))), StopReason.ARCHIVE),
    "bomb of zeros": (lambda: gzip.compress(bytes(40_000_000)), StopReason.NOT_TEXT),
    "one cell": (lambda: shopify({"Title": LONG}).encode(), StopReason.ROW_TOO_LONG),
    "one cell of lines": (lambda: shopify({"Title": "x\n" * 10 * MEGABYTES}).encode(), StopReason.CELL_TOO_LONG),
    "one column name": (lambda: f"Handle,Title,{LONG}\n".encode(), StopReason.ROW_TOO_LONG),
    "one cell of a TSV": (lambda: f"id\ttitle\tprice\tavailability\n1\t{LONG}\t".encode(), StopReason.ROW_TOO_LONG),
    "columns": (lambda: shopify({f"c{n}": "x" for n in range(5_000)}).encode(), StopReason.TOO_MANY_COLUMNS),
    "element": (lambda: rss(item("A", title=LONG)).encode(), StopReason.CELL_TOO_LONG),
    "CDATA": (lambda: rss(item("A", title=f"<![CDATA[{LONG}]]>")).encode(), StopReason.CELL_TOO_LONG),
    "attribute": (lambda: rss(item("A", extra=f"<g:x y='{LONG}'/>")).encode(), StopReason.ROW_TOO_LONG),
    "tag": (lambda: rss(item("A", extra=f"<{LONG}/>")).encode(), StopReason.ROW_TOO_LONG),
    "depth": (lambda: rss(item("A", title="<x>" * 1_000_000)).encode(), StopReason.XML_TOO_DEEP),
    "before the items": (lambda: f"<rss><channel><x y='{LONG}'/>".encode(), StopReason.ROW_TOO_LONG),
    "entities": (lambda: (FEEDS / "xml_entity_bomb.xml").read_bytes(), StopReason.XML_DOCTYPE),
    "JSON text": (lambda: f'{{"products": [{{"title": "{LONG}"}}]}}'.encode(), StopReason.ROW_TOO_LONG),
    "JSON number": (lambda: f'{{"products": [{"9" * 20 * MEGABYTES}]}}'.encode(), StopReason.ROW_TOO_LONG),
    "JSON depth": (lambda: b'{"products": [' + b'[{"a":' * 3_000_000, StopReason.JSON_DAMAGED),
    "JSON key": (lambda: f'{{"{LONG}": 1}}'.encode(), StopReason.ROW_TOO_LONG),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_file_stops_early_and_in_little_memory(name: str) -> None:
    make, reason = HOSTILE[name]
    data = make()
    began = time.process_time()
    tracemalloc.start()
    try:
        assert stop_of(data) == reason
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    # A JSON value may grow to MAX_PRODUCT_CHARS before it is given up, and is copied when more is read.
    assert peak < (120 if name.startswith("JSON") else 50) * MEGABYTES
    assert time.process_time() - began < 10


@pytest.mark.parametrize(
    "text", [shopify({"Body (HTML)": "x" * MAX_CELL_CHARS}), rss(item("A", description="x" * MAX_CELL_CHARS))]
)
def test_longest_cell_is_read_and_a_longer_one_stops(text: str) -> None:
    assert len(read_text(text).products[0].description) == MAX_CELL_CHARS
    with pytest.raises(CatalogueStopped, match="131072"):
        read_text(text.replace("xx", "xxx", 1))


def test_row_of_many_long_cells_stops() -> None:
    cells = {f"c{n}": "x" * 100_000 for n in range(MAX_ROW_CHARS // 100_000)}
    assert stop_of(shopify(cells)) == StopReason.ROW_TOO_LONG


@pytest.mark.parametrize(
    ("pack", "reason"), [(bytes, StopReason.FILE_TOO_LARGE), (gzip.compress, StopReason.UNPACKED_TOO_LARGE)]
)
def test_size_of_a_file_is_limited(pack: Any, reason: StopReason, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source_file, "MAX_FILE_BYTES", 3 * MEGABYTES)
    row = shopify({}).encode().splitlines(keepends=True)
    data = row[0] + b"".join(b"h%d,Pan %d,S%d,5.00\n" % (n, n * 7919 % 100_003, n) for n in range(150_000))
    with pytest.raises(CatalogueStopped, match="3 MB") as stopped:
        read_bytes(pack(data))
    assert stopped.value.remark.kind == reason


def test_number_of_rows_is_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(surveyed_file, "MAX_ROWS", 10)
    assert len(read_text(shopify(*({} for _n in range(10)))).products) == 10
    with pytest.raises(CatalogueStopped, match="10 rows"):
        read_text(shopify(*({} for _n in range(11))))


def test_good_feed_that_unpacks_to_30_megabytes_is_read() -> None:
    text = "word " * 25_000
    items = (item(f"I{n}", description=f"{n} {text}") for n in range(250))
    data = gzip.compress(rss(*items).encode())
    assert len(data) < MEGABYTES
    assert len(read_bytes(data).products) == 250


def test_memory_does_not_follow_the_number_of_products() -> None:
    def text(count: int) -> bytes:
        long = "A sentence about this product. " * 60
        return shopify(*({"Body (HTML)": f"<p>{n} {long}</p>", "Title": f"Pan {n}"} for n in range(count))).encode()

    data = text(6_000)
    tracemalloc.start()
    with SurveyedFile(io.BytesIO(data), currency="USD") as file:
        count = sum(isinstance(outcome, SourceProduct) for outcome in file.outcomes())
        _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == 6_000
    assert len(data) > 10 * MEGABYTES and peak < 14 * MEGABYTES


def test_reading_can_be_repeated() -> None:
    with SurveyedFile(io.BytesIO(shopify({}, {"Variant Price": "x"}).encode()), currency="USD") as file:
        assert list(file.outcomes()) == list(file.outcomes())


def test_long_cells_without_spaces_do_not_slow_the_search_for_the_encoding_down() -> None:
    long = "a" * 120_000
    text = shopify({"Title": "Müsli", "Body (HTML)": long}, {"Body (HTML)": long}).encode("cp1252")
    started = time.process_time()
    assert read_bytes(text).titles[0] == "Müsli"
    assert time.process_time() - started < 5


def test_long_titles_handles_and_stocks_are_not_kept_in_memory() -> None:
    def row(number: int) -> dict[str, str]:
        long = f"{number} " + "long " * 20_000
        return {"Title": long, "Handle": long, "Variant SKU": "", "Variant Inventory Qty": long}

    data = shopify(*map(row, range(200))).encode()
    tracemalloc.start()
    with SurveyedFile(io.BytesIO(data), currency="USD") as file:
        outcomes = sum(1 for _outcome in file.outcomes())
        _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert outcomes == 200
    assert len(data) > 50 * MEGABYTES and peak < 20 * MEGABYTES
