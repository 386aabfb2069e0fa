"""The files in tests/data/feeds, each with its counts, its refused rows and the values of expected.json."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from catalog.imports.remarks import NoteKind, RefusalReason, StopReason
from catalog.imports.results import Availability, SalePrice, SourceProduct, SourceVariant
from tests.catalog.imports.readings import FEEDS, read_feed, read_text, stop_of

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


def test_public_products_json() -> None:
    read = read_feed("products_public.json")
    assert [variant.options for variant in read.product_of("J-2").variants] == [("1/2 l",), ("1 l / 2 pt",)]
    assert read.variants["J-2"].availability == Availability.IN_STOCK
    assert {variant.stock for variant in read.variants.values()} == {None}
    assert read.product_of("J-6").description == ""
    tongs = read.product_of("tongs|Long/Wood")
    assert len(tongs.variants) == 2 and all("|" in variant.key for variant in tongs.variants)


def test_a_hundred_variants() -> None:
    shoe = read_feed("products_100_variants.json").product_of("SHOE-R55")
    colours, sizes = zip(*(variant.options for variant in shoe.variants), strict=True)
    assert (len(set(colours)), len(set(sizes)), len(shoe.variants)) == (5, 20, 100)


def test_variations_find_their_parents() -> None:
    read = read_feed("woo_variable.csv")
    assert [variant.options for variant in read.product_of("HOOD-S-R").variants] == [
        *(("S", "Red"), ("M", "Red"), ("S", "Blue")),
    ]
    assert read.product_of("CHAIR-O").title == "Chair"
    assert read.variants["HOOD-S-B"].sale == SalePrice(4000)
    assert read.product_of("VASE").option_names == ()
    assert read.product_of("HOOD-S-R").product_types == ("Clothing > Hoodies",)


def test_types_of_woocommerce() -> None:
    read = read_feed("woo_types.csv")
    kettle = read.variants["WT-1"]
    assert (kettle.weight_grams, kettle.stock) == (907, 8)
    assert kettle.sale and kettle.sale.starts_at == datetime(2026, 12, 1, tzinfo=UTC)
    assert read.product_of("WT-1").description.split("\n") == ["<p>Steel.</p>", "Holds a litre."]
    assert not read.variants["WT-2"].needs_shipping
    assert (read.variants["WT-3"].is_download, read.variants["WT-3"].download_limit) == (True, 3)
    assert read.variants["WT-4"].outbound_url == "https://stoves.example/s1"
    assert read.product_of("WT-8").title == "=Sum"


def test_google_elements_are_those_of_its_namespace() -> None:
    read = read_feed("google_rss_other_prefix.xml")
    hat = read.product_of("N1")
    assert (hat.title, hat.description) == ("Rain hat – adult", "<p>Warm &amp; dry</p>")
    assert hat.pictures[0].address == "https://pictures.example/n1.jpg?w=1&h=2"


def test_atom_links_stand_in_attributes() -> None:
    read = read_feed("google_atom.xml")
    assert (read.variants["A1"].link, read.variants["A2"].link) == (
        "https://shop.example/p/A1",
        "https://shop.example/p/A2",
    )
    assert "tag:shop.example,2026:A3" in read.variants
    assert read.product_of("A2").description == "<b>Fits</b> A1."


def test_item_groups_become_products() -> None:
    read = read_feed("google_groups.xml")
    polo = read.product_of("PO-1")
    assert (polo.title, polo.option_names, len(polo.variants)) == ("Polo", ("Color", "Size"), 4)
    assert min(variant.price_minor for variant in polo.variants) == 2000
    assert read.product_of("POLO").title == "Polo brush"
    assert read.product_of("VE-1").option_names == ()


def test_name_of_a_group_does_not_depend_on_the_order_of_items() -> None:
    text = (FEEDS / "google_groups.xml").read_text()
    head, *items = text.split("<item>")
    items = [f"<item>{body.partition('</item>')[0]}</item>" for body in items]
    for order in (items, items[::-1], items[3:] + items[:3]):
        read = read_text(f"{head}{''.join(order)}</channel></rss>")
        assert {read.product_of("PO-1").title, read.product_of("CA-1").title} == {"Polo", "Cape"}


def test_pictures_of_google_items() -> None:
    read = read_feed("google_pictures.xml")
    counts = {variant.sku: len(p.pictures) for p in read.products for variant in p.variants}
    assert counts == {"PI-1": 3, "PI-2": 3, "PI-3": 13, "PI-4": 2, "PI-5": 0, "PI-6": 1}
    assert read.notes == {"5": [NoteKind.NO_PICTURE]}
    assert read.product_of("PI-6").pictures[0].address == "https://pictures.example/my%20photo.jpg"


def test_categories_are_kept_in_the_words_of_the_source() -> None:
    read = read_feed("google_categories_and_shipping.xml")
    words = {v.sku: (p.category, p.product_types) for p in read.products for v in p.variants}
    assert words["CG-1"] == ("1604", ("Clothing > Shirts",))
    assert words["CG-2"] == ("Apparel & Accessories > Clothing", ("Clothing > Shirts", "Sale > Winter"))
    assert words["CG-4"] == ("", ("Clothing > Shirts",))
    assert words["CG-5"] == ("", ())
    assert read.variants["CG-6"].weight_grams == 1200


def test_sale_prices_and_their_periods() -> None:
    prices = read_feed("google_prices.xml")
    assert prices.variants["GP-Q"].sale == SalePrice(2400)
    period = datetime(2026, 12, 1, 5, tzinfo=UTC), datetime(2026, 12, 8, 4, 59, tzinfo=UTC)
    assert prices.variants["GP-R"].sale == SalePrice(2400, *period)
    assert prices.notes == {"11": [NoteKind.PRICE_ZERO], "19": [NoteKind.SALE_NOT_LOWER]}
    sales = {name: variant.sale for name, variant in read_feed("google_sale_dates.xml").variants.items()}
    assert sales == {
        "D-1": SalePrice(2000, datetime(2026, 12, 24, 8, tzinfo=UTC), datetime(2026, 12, 27, 7, 59, tzinfo=UTC)),
        "D-2": SalePrice(2000, datetime(2026, 12, 1, tzinfo=UTC), datetime(2026, 12, 31, 23, 59, tzinfo=UTC)),
        "D-3": SalePrice(2000, datetime(2026, 12, 1, tzinfo=UTC), datetime(2026, 12, 8, tzinfo=UTC)),
        "D-4": None,
        "D-5": SalePrice(2000),
    }


def test_availabilities_of_google() -> None:
    read = read_feed("google_availability.txt")
    in_stock = [name for name, variant in read.variants.items() if variant.availability == Availability.IN_STOCK]
    assert in_stock == ["AV-1", "AV-2", "AV-3", "AV-7", "AV-8", "AV-11"]
    assert read.variants["AV-6"].availability == Availability.BACKORDER
    assert (read.variants["AV-1"].is_tracked, read.variants["AV-11"].is_tracked) == (None, True)


def test_feeds_that_do_not_quote_keep_their_quotation_marks() -> None:
    assert read_feed("google_tsv_inch_marks.txt").titles == [
        *('12" iron pan', 'Poster "North" 50×70', "Pot, 3 l", '"Quoted" title', "Plain"),
    ]


def test_unicode_text_of_a_spreadsheet() -> None:
    read = read_feed("google_utf16.txt")
    assert read.titles == ["Crème jug", "Żółty kubek", "茶杯"]
    assert "UTF-16" in read.file_notes[NoteKind.ENCODING]


def test_gzipped_feed_is_read() -> None:
    assert list(read_feed("google_feed.xml.gz").prices.values()) == [100, 200, 300, 400, 500]


def test_feed_that_is_cut_off_says_so_and_has_no_half_item() -> None:
    read = read_feed("google_cut_off.xml")
    assert list(read.variants) == ["TR-1", "TR-2", "TR-3", "TR-4", "TR-5"]
    assert read.ends_early and NoteKind.ENDS_EARLY in read.file_notes


def test_wrong_bytes_in_one_item_leave_the_others_alone() -> None:
    read = read_feed("xml_says_utf8_has_latin1.xml")
    assert read.prices == {"L1-1": 500, "L1-2": 600, "L1-3": 700}
    assert read.product_of("L1-2").title == "Théière tea"
    assert read.notes == {"2": [NoteKind.WRONG_BYTES]}


def test_undeclared_entity_in_one_item_leaves_the_others_alone() -> None:
    read = read_feed("xml_undeclared_entity.xml")
    assert read.prices == {"UE-1": 500, "UE-2": 600, "UE-3": 700}
    assert read.product_of("UE-2").title == "Café & co"
    assert read.notes == {"2": [NoteKind.REPAIRED_XML]}


def test_runs_as_far_as_reading_goes() -> None:
    first, second = read_feed("run_1.csv"), read_feed("run_2.csv")
    assert set(first.variants) - set(second.variants) == {"R-4", "R-6-M"}
    assert set(second.variants) - set(first.variants) == {"R-6-L", "R-7"}
    assert (second.variants["R-1"].price_minor, second.variants["R-1"].compare_at_minor) == (1800, 2000)
    assert second.variants["R-8"].stock is None
    assert second.product_of("R-5").handle == "butter-bell"
