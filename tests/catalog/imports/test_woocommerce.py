"""WooCommerce's CSV: parents wherever they stand, values that they offer, types, and cells as the exporter writes them."""

import csv
import io
from typing import Any

import pytest

from catalog.imports.remarks import NoteKind, RefusalReason
from catalog.imports.results import Availability
from tests.catalog.imports.readings import ReadFile, read_text

PARENT = {"Type": "variable", "SKU": "P", "Name": "Shirt", "Attribute 1 name": "Size", "Attribute 1 value(s)": "S, M"}
CHILD = {"Type": "variation", "Name": "Variation", "Regular price": "5.00", "Parent": "P", "Attribute 1 name": "Size"}


def child(size: str, sku: str, **values: str) -> dict[str, str]:
    return CHILD | {"Attribute 1 value(s)": size, "SKU": sku} | values


def simple(sku: str, **values: str) -> dict[str, str]:
    return {"Type": "simple", "SKU": sku, "Name": f"Name {sku}", "Regular price": "5.00"} | values


def read(*rows: dict[str, str], **options: Any) -> ReadFile:
    columns = list(
        dict.fromkeys(["ID", "Type", "SKU", "Name", "Regular price", *(name for row in rows for name in row)])
    )
    text = io.StringIO()
    writer = csv.DictWriter(text, columns)
    writer.writeheader()
    writer.writerows(rows)
    return read_text(text.getvalue(), **options)


@pytest.mark.parametrize("parent", ["P", "p", " P ", "id:7", "ID: 7", "id:7 "])
@pytest.mark.parametrize("is_parent_last", [False, True])
def test_variation_finds_its_parent_by_sku_or_id(parent: str, is_parent_last: bool) -> None:
    rows = [PARENT | {"ID": "7"}, child("S", "A", Parent=parent), child("M", "B", Parent="P")]
    result = read(*(reversed(rows) if is_parent_last else rows))
    assert (result.refused, result.titles, len(result.variants)) == ({}, ["Shirt"], 2)


def test_variation_of_an_unknown_parent_is_refused() -> None:
    result = read(
        PARENT, child("S", "A"), child("M", "B", Parent="Q"), child("M", "C", Parent=""), child("M", "D", Parent="id:9")
    )
    assert result.refused == dict.fromkeys(["3", "4", "5"], RefusalReason.NO_PARENT)


def test_variation_of_a_simple_product_is_refused_and_the_product_stays() -> None:
    result = read(simple("P"), child("S", "A"))
    assert (result.refused, list(result.variants)) == ({"2": RefusalReason.PARENT_WITHOUT_VARIATIONS}, ["P"])


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        *(("L", RefusalReason.NOT_OFFERED), ("S, M", RefusalReason.NOT_OFFERED), ("", RefusalReason.ANY_VALUE)),
        *((" ", RefusalReason.ANY_VALUE), ("s", RefusalReason.SAME_OPTIONS), (" S ", RefusalReason.SAME_OPTIONS)),
    ],
)
def test_variation_with_a_value_that_does_not_fit_is_refused(value: str, reason: RefusalReason) -> None:
    result = read(PARENT, child("S", "A"), child(value, "B"))
    assert (result.refused, list(result.variants)) == ({"3": reason}, ["A"])


def test_variation_with_an_attribute_that_the_parent_lacks_is_refused() -> None:
    other = {"Attribute 2 name": "Colour", "Attribute 2 value(s)": "Red"}
    assert read(PARENT, child("S", "A", **other), child("M", "B")).refused["2"] == RefusalReason.NOT_OFFERED


def test_attributes_that_no_variation_names_are_no_options() -> None:
    made = {"Attribute 2 name": "Made in", "Attribute 2 value(s)": "Portugal"}
    result = read(PARENT | made, child("S", "A"), child("M", "B"))
    assert (result.products[0].option_names, len(result.variants)) == (("Size",), 2)


def test_attributes_are_matched_by_name_in_any_order() -> None:
    colours = {"Attribute 2 name": "Colour", "Attribute 2 value(s)": r"Red, Blue\, dark"}
    swapped = {"Attribute 1 name": "colour", "Attribute 1 value(s)": r"Blue\, dark"}
    swapped |= {"Attribute 2 name": "SIZE", "Attribute 2 value(s)": "S"}
    result = read(PARENT | colours, CHILD | {"SKU": "A"} | swapped)
    assert (result.products[0].option_names, result.variants["A"].options) == (("Size", "Colour"), ("S", "Blue, dark"))


def test_more_than_three_options_are_refused() -> None:
    many = {f"Attribute {n} name": f"Option {n}" for n in range(1, 5)} | {
        f"Attribute {n} value(s)": "x" for n in range(1, 5)
    }
    result = read(PARENT | many, CHILD | {"SKU": "A"} | many)
    assert list(result.refused.values()) == [RefusalReason.TOO_MANY_OPTIONS] * 2


def test_parent_without_accepted_variations_is_refused() -> None:
    result = read(PARENT, child("S", "A", **{"Regular price": "ask"}))
    assert result.refused == {"2": RefusalReason.NOT_A_PRICE, "1": RefusalReason.NOTHING_TO_SELL}


def test_second_parent_with_the_same_sku_is_refused() -> None:
    assert read(PARENT, PARENT, child("S", "A")).refused == {"2": RefusalReason.SKU_TAKEN}


def test_variations_without_sku_are_told_apart_by_id_or_options() -> None:
    result = read(
        PARENT | {"ID": "1"}, child("S", "", ID="2"), child("M", ""), simple("", ID="9"), simple("", Name="Bowl")
    )
    assert set(result.variants) == {"id:2", "shirt|M", "id:9", "bowl|"}
    assert read(simple("", Name="Bowl"), simple("", Name="bowl ")).refused == {"2": RefusalReason.SAME_PRODUCT}


@pytest.mark.parametrize(
    ("cell", "title"),
    [("'=Sum", "=Sum"), ("'+1", "+1"), ("'-20 °C", "-20 °C"), ("'@home", "@home"), ("'tis", "'tis"), ("''=x", "''=x")],
)
def test_apostrophe_of_the_exporter_goes(cell: str, title: str) -> None:
    assert read(simple("A", Name=cell)).titles == [title]


@pytest.mark.parametrize(
    ("published", "is_on_sale"), [("1", True), ("0", False), ("-1", False), ("'-1", False), ("", True)]
)
def test_published(published: str, is_on_sale: bool) -> None:
    assert read(simple("A", Published=published)).products[0].is_on_sale == is_on_sale


def test_hidden_products_are_not_on_sale() -> None:
    assert not read(simple("A", **{"Visibility in catalog": "hidden"})).products[0].is_on_sale


@pytest.mark.parametrize(
    ("types", "reason"),
    [
        *(("grouped", RefusalReason.GROUPED), ("subscription", RefusalReason.UNKNOWN_TYPE)),
        *(("Grouped, virtual", RefusalReason.GROUPED), ("external", RefusalReason.NO_HTTPS_ADDRESS)),
    ],
)
def test_types_that_are_not_sold_here(types: str, reason: RefusalReason) -> None:
    assert read(simple("A", Type=types)).refused == {"1": reason}


@pytest.mark.parametrize(
    "address", ["http://a.example/", "ftp://a.example/", "https://127.0.0.1/", "x", "javascript:alert(1)"]
)
def test_external_product_needs_a_public_https_address(address: str) -> None:
    row = simple("A", Type="external", **{"External URL": address})
    assert read(row).refused == {"1": RefusalReason.NO_HTTPS_ADDRESS}


def test_written_line_breaks_become_line_breaks() -> None:
    result = read(simple("A", Description=r"One\nTwo\\nThree"), simple("B", **{"Short description": "Short"}))
    assert result.product_of("A").description == "<p>One<br>Two\\\\nThree</p>"
    assert result.product_of("B").description == "Short"


@pytest.mark.parametrize(
    ("column", "grams"), [("Weight (kg)", 2000), ("Weight (lbs)", 907), ("Weight (g)", 2), ("Weight (oz)", 57)]
)
def test_unit_of_the_weight_stands_in_the_name_of_its_column(column: str, grams: int) -> None:
    assert read(simple("A", **{column: "2"})).variants["A"].weight_grams == grams


def test_stock_and_availability() -> None:
    result = read(
        simple("A", **{"In stock?": "1", "Stock": "4"}),
        simple("B", **{"In stock?": "1"}),
        simple("C", **{"In stock?": "0"}),
        simple("D", **{"In stock?": "backorder"}),
    )
    states = {name: (v.stock, v.is_tracked, v.availability) for name, v in result.variants.items()}
    assert states == {
        "A": (4, True, Availability.IN_STOCK),
        "B": (None, False, Availability.IN_STOCK),
        "C": (None, False, Availability.OUT_OF_STOCK),
        "D": (None, False, Availability.BACKORDER),
    }


def test_sale_without_end_and_unclear_dates() -> None:
    dates = {"Sale price": "4.00", "Date sale price starts": "2026-12-01"}
    result = read(simple("A", **dates), simple("B", **dates | {"Date sale price ends": "soon"}))
    sale = result.variants["A"].sale
    assert sale and sale.starts_at and sale.ends_at is None
    assert (result.variants["B"].sale, result.notes) == (None, {"2": [NoteKind.SALE_PERIOD_UNCLEAR]})


def test_lists_of_pictures_and_categories() -> None:
    images = "https://a.example/1.jpg, https://a.example/2.jpg"
    result = read(simple("A", Images=images, Categories=r"Kitchen > Pots, Sale\, winter"))
    assert len(result.products[0].pictures) == 2
    assert result.products[0].product_types == ("Kitchen > Pots", "Sale, winter")


def test_picture_of_a_variation_is_its_own() -> None:
    result = read(PARENT | {"Images": "https://a.example/1.jpg"}, child("S", "A", Images="https://a.example/2.jpg"))
    assert result.variants["A"].picture == "https://a.example/2.jpg"
    assert len(result.products[0].pictures) == 2
