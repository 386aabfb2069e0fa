"""The files in tests/data/feeds, each with its counts, its refused rows and the values of expected.json."""

import json
from datetime import timedelta
from typing import Any

import pytest

from catalog.imports.remarks import NoteKind, RefusalReason, StopReason
from catalog.imports.results import Availability, SourceProduct, SourceVariant
from tests.catalog.imports.readings import FEEDS, read_feed, stop_of

EXPECTED: dict[str, Any] = json.loads((FEEDS / "expected.json").read_text())
STOPPED = sorted(name for name, expected in EXPECTED.items() if expected["stopped"])
READ = sorted(name for name, expected in EXPECTED.items() if not expected["stopped"])
REASONS = {
    "gift card": RefusalReason.GIFT_CARD,
    "no title": RefusalReason.NO_TITLE,
    "stock is not a whole number": RefusalReason.NOT_A_STOCK,
    "more decimals than the currency has": RefusalReason.TOO_MANY_DECIMALS,
    "priced in USD": RefusalReason.FOREIGN_CURRENCY,
    "priced in EUR": RefusalReason.FOREIGN_CURRENCY,
    "no price": RefusalReason.NO_PRICE,
    "negative price": RefusalReason.NEGATIVE_PRICE,
    "not one price": RefusalReason.NOT_A_PRICE,
    "SKU already in row 1": RefusalReason.SKU_TAKEN,
    "SKU already in row 12": RefusalReason.SKU_TAKEN,
    "an option is missing": RefusalReason.MISSING_OPTION,
    "more cells than columns": RefusalReason.TOO_MANY_CELLS,
    "Colour Green is not offered by the parent": RefusalReason.NOT_OFFERED,
    "its parent is not in the file": RefusalReason.NO_PARENT,
    "its parent has no variations": RefusalReason.PARENT_WITHOUT_VARIATIONS,
    "any Colour": RefusalReason.ANY_VALUE,
    "no variation can be sold": RefusalReason.NOTHING_TO_SELL,
    "no https address at the other shop": RefusalReason.NO_HTTPS_ADDRESS,
    "grouped product": RefusalReason.GROUPED,
    "no availability": RefusalReason.NO_AVAILABILITY,
    "availability not known": RefusalReason.UNKNOWN_AVAILABILITY,
    "no id": RefusalReason.NO_ID,
}
FORMATS = {
    "shopify": "Shopify CSV",
    "json": "products.json",
    "woo": "WooCommerce CSV",
    "google-xml": "Google product data (XML)",
    "google-text": "Google product data",
}
MICROSECOND = timedelta(microseconds=1)


def value_of(name: str, product: SourceProduct, variant: SourceVariant) -> Any:
    """Return a value as expected.json calls it."""
    sale = variant.sale
    values: dict[str, Any] = {
        "price": variant.price_minor,
        "compare": variant.compare_at_minor,
        "stock": variant.stock,
        "tracked": variant.is_tracked,
        "options": list(variant.options),
        "barcode": variant.barcode,
        "status": "on_sale" if product.is_on_sale else "off_sale",
        "title": product.title,
        "availability": variant.availability,
        "available": variant.availability != Availability.OUT_OF_STOCK,
        "sale": sale and sale.amount_minor,
        "sale_to": sale and sale.ends_at and str((sale.ends_at - MICROSECOND).date()),
    }
    return values[name]


@pytest.mark.parametrize("name", READ)
def test_file_has_its_counts_refusals_and_values(name: str) -> None:
    expected = EXPECTED[name]
    read = read_feed(name, currency=expected["currency"])
    assert read.format_name == FORMATS[expected["format"]]
    assert (len(read.products), len(read.variants)) == (expected["products"], expected["variants"])
    duplicates = {RefusalReason.SAME_OPTIONS, RefusalReason.SAME_PRODUCT}
    for row, reason in expected["refused"].items():
        assert read.refused[row] in ({REASONS[reason]} if reason in REASONS else duplicates)
    assert len(read.refused) == len(expected["refused"])
    for key, values in expected["values"].items():
        actual = {name: value_of(name, read.product_of(key), read.variants[key]) for name in values}
        assert (key, actual) == (key, values)


@pytest.mark.parametrize("name", STOPPED)
def test_file_is_stopped(name: str) -> None:
    assert stop_of((FEEDS / name).read_bytes())


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("columns_twice.csv", StopReason.REPEATED_COLUMN),
        ("empty.csv", StopReason.EMPTY),
        ("header_only.csv", StopReason.NO_ROWS),
        ("really_xlsx.csv", StopReason.WORKBOOK),
        ("login_page.csv", StopReason.WEB_PAGE),
        ("gzip_bomb.csv.gz", StopReason.UNPACKED_TOO_FAR),
        ("xml_entity_bomb.xml", StopReason.XML_DOCTYPE),
        ("xml_external_entity.xml", StopReason.XML_DOCTYPE),
    ],
)
def test_file_that_is_no_catalogue_says_what_it_is(name: str, reason: StopReason) -> None:
    assert stop_of((FEEDS / name).read_bytes()) == reason


def test_every_file_is_read_or_stopped() -> None:
    others = {path.name for path in FEEDS.iterdir()} - set(EXPECTED) - {"expected.json"}
    assert others == {
        *("empty.csv", "really_xlsx.csv", "login_page.csv", "gzip_bomb.csv.gz"),
        *("nul_bytes.csv", "google_feed.xml.gz", "google_cut_off.xml"),
        *("xml_says_utf8_has_latin1.xml", "xml_undeclared_entity.xml"),
    }


def test_continuation_rows_add_variants_and_pictures() -> None:
    read = read_feed("shopify_continuation.csv")
    shirt = read.product_of("LS-W-S")
    assert shirt.option_names == ("Colour", "Size")
    assert [picture.address.rpartition("/")[2] for picture in shirt.pictures] == [
        *("shirt-1.jpg", "shirt-2.jpg", "shirt-3.jpg"),
    ]
    assert shirt.pictures[0].alternative_text == "Shirt on a table"
    assert read.variants["LS-S-M"].picture.endswith("/shirt-2.jpg")
    cap = read.product_of("CAP-1")
    assert (cap.option_names, len(cap.pictures), cap.pictures[0].address[-7:]) == ((), 2, "cap.jpg")
    assert read.lines == {"9": 10, "12": 13}


def test_new_column_names_leave_other_markets_and_metafields_out() -> None:
    read = read_feed("shopify_new_column_names.csv")
    unused = read.file_notes[NoteKind.UNUSED_COLUMNS]
    assert "Finish (product.metafields.custom.finish)" in unused and "Price / North" in unused
    lamp = read.product_of("DL-B")
    assert (lamp.category, lamp.product_types) == ("Home & Garden > Lighting > Lamps", ("Lamps",))
    assert read.variants["DL-B"].weight_grams == 900


def test_rows_of_one_handle_belong_together_in_any_letter_case() -> None:
    read = read_feed("shopify_handle_again.csv")
    mug = read.product_of("MUG-W")
    assert [variant.options for variant in mug.variants] == [("Blue",), ("Green",), ("Black",), ("White",)]


def test_blank_stock_is_not_zero() -> None:
    read = read_feed("stock_blank_zero_negative.csv")
    assert read.notes == {
        "3": [NoteKind.STOCK_UNKNOWN],
        "5": [NoteKind.STOCK_NEGATIVE],
    }


def test_status_at_the_source_decides_about_the_sale() -> None:
    read = read_feed("shopify_status.csv")
    on_sale = [variant.sku for product in read.products if product.is_on_sale for variant in product.variants]
    assert on_sale == ["SE-A", "SE-D", "SE-E", "SE-H"]
    assert read.notes == {"7": [NoteKind.UNLISTED]}


def test_descriptions_keep_words_and_harmless_markup() -> None:
    read = read_feed("html_in_descriptions.csv")
    descriptions = {variant.sku: p.description for p in read.products for variant in p.variants}
    assert descriptions["HT-1"] == "<p>Before after</p>"
    assert descriptions["HT-2"] == "<p>Look</p>"
    assert "javascript" not in descriptions["HT-3"] and 'href="https://shop.example/care"' in descriptions["HT-3"]
    assert descriptions["HT-4"] == "cover"
    assert descriptions["HT-5"] == "<ul><li>one</li>\n<li>two</li></ul>"
    assert descriptions["HT-6"] == "<p>round</p>"
    assert descriptions["HT-8"] == '<p>Line one</p>\n<p>Line two, "quoted"<br>Line three</p>'
    assert read.product_of("HT-7").title == "<b>Bold</b> title"


def test_decimal_comma_is_told() -> None:
    read = read_feed("prices_decimal_comma.csv", currency="EUR")
    assert NoteKind.DECIMAL_COMMA in read.file_notes
    assert (read.prices["CO-C"], read.prices["CO-N"]) == (1200, 0)
    assert read.notes == {"14": [NoteKind.PRICE_ZERO]}


def test_compare_at_price_that_is_not_higher_has_a_note() -> None:
    assert read_feed("compare_at.csv").notes == {
        "2": [NoteKind.COMPARE_AT_NOT_HIGHER],
        "3": [NoteKind.COMPARE_AT_NOT_HIGHER],
    }


def test_skus_are_compared_without_case_spaces_and_invisible_characters() -> None:
    read = read_feed("sku_identity.csv")
    assert {"AB-1", "0017", "17", "1E5", "100000", "AB-3"} < set(read.variants)
    assert {key for key in read.variants if "|" in key} == {"id-j|", "id-k|"}


def test_barcodes_are_left_out_or_completed_with_a_note() -> None:
    assert read_feed("barcodes.csv").notes == {
        "2": [NoteKind.BARCODE_INVALID],
        "3": [NoteKind.BARCODE_ZERO],
        "4": [NoteKind.BARCODE_DIGITS_LOST],
        "10": [NoteKind.BARCODE_INVALID],
        "13": [NoteKind.BARCODE_INVALID],
    }


def test_default_title_beside_values_is_a_value() -> None:
    read = read_feed("options_conflicts.csv")
    assert read.product_of("SC-1").option_names == ("Colour",)
    assert [variant.options for variant in read.product_of("BE-1").variants] == [("80",), ("Default Title",), ("90",)]


def test_rows_are_counted_as_rows_and_lines_are_named_too() -> None:
    read = read_feed("cells_and_line_breaks.csv")
    assert list(read.variants) == ["NO-1", "NO-2", "NO-3", "NO-5", "NO-7"]
    assert read.lines == {"5": 10, "7": 12}
    assert not read.ends_early
    assert read.product_of("NO-1").description.count("line") == 3


def test_windows_1252_is_recognized_and_said() -> None:
    read = read_feed("excel_cp1252.csv", currency="EUR")
    assert read.titles == ["Müsli-Schüssel", "Crème brûlée – Förmchen", "Straße “Nord”"]
    assert "Windows-1252" in read.file_notes[NoteKind.ENCODING]


def test_titles_of_all_scripts_stay_readable() -> None:
    read = read_feed("scripts_and_digits.csv")
    assert read.product_of("TX-A").title == "قميص 100% كتان (S/M)"
    assert read.product_of("TX-C").title == "emit nwod edispu"
    assert "\U0001f469\u200d\U0001f469\u200d\U0001f467" in read.product_of("TX-D").title
    assert read.product_of("TX-E").title == "Caf\u00e9 cup"
    assert len(read.product_of("TX-G").title) == 300
    assert read.product_of("TX-H").title == "Tab here"


def test_control_characters_are_left_out_with_a_note() -> None:
    read = read_feed("nul_bytes.csv")
    assert read.titles == ["Before", "Zeroinside", "After bell"]
    assert read.notes == {"2": [NoteKind.CONTROL_CHARACTERS], "3": [NoteKind.CONTROL_CHARACTERS]}


def test_titles_that_look_like_formulas_are_kept_as_typed() -> None:
    assert read_feed("formula_cells.csv").titles == [
        '=HYPERLINK("https://shop.example/","Win")',
        *("+1 spare blade", "-20 °C glove", "@home slippers", "=1+1", "'=1+1", "=2+2"),
    ]


def test_only_public_picture_addresses_are_kept() -> None:
    read = read_feed("picture_addresses.csv")
    kept = {v.sku: [picture.address for picture in p.pictures] for p in read.products for v in p.variants if p.pictures}
    assert kept == {
        "PA-1": ["https://pictures.example/good.jpg"],
        "PA-10": ["https://pictures.example/b.jpg"],
    }
    private = [read.notes[row][0] for row in ("2", "3", "4", "5", "6", "13")]
    assert set(private) == {NoteKind.PICTURE_NOT_PUBLIC}
    assert read.notes["9"][0] == NoteKind.PICTURE_PASSWORD
    assert read.notes["12"][0] == NoteKind.PICTURE_INSIDE


def test_what_a_refused_first_row_says_counts_for_the_others() -> None:
    bench = read_feed("first_row_refused.csv").product_of("BN-M")
    assert (bench.title, bench.description, bench.option_names) == ("Bench", "<p>Oak.</p>", ("Size",))
