"""Products made of rows: which rows belong together, options, identity, and what the first row says."""

import pytest

from catalog.imports.remarks import NoteKind, RefusalReason
from tests.catalog.imports.readings import read_text, shopify

OWN = "sku,handle,title,brand,category,status,option1_name,option1,price,currency,stock,barcode,weight_grams,picture\n"


def variant(handle: str, value: str, sku: str, **values: str) -> dict[str, str]:
    return {"Handle": handle, "Title": "", "Option1 Name": "", "Option1 Value": value, "Variant SKU": sku} | values


def first(handle: str, value: str, sku: str, **values: str) -> dict[str, str]:
    return variant(handle, value, sku) | {"Title": handle.title(), "Option1 Name": "Size"} | values


def test_rows_of_a_product_may_stand_anywhere() -> None:
    read = read_text(
        shopify(first("a", "S", "A1"), first("b", "S", "B1"), variant(" A\u200b", "M", "A2"), variant("B", "L", "B2"))
    )
    assert [[v.sku for v in product.variants] for product in read.products] == [["A1", "A2"], ["B1", "B2"]]


def test_title_and_option_names_may_stand_on_a_later_row() -> None:
    read = read_text(
        shopify(variant("a", "S", "A1"), variant("a", "M", "A2", Title="Late", **{"Option1 Name": "Size"}))
    )
    assert (read.titles, read.products[0].option_names) == (["Late"], ("Size",))


def test_first_title_counts() -> None:
    assert read_text(shopify(first("a", "S", "B"), first("a", "M", "A", Title="Other"))).titles == ["A"]


def test_rows_without_handle_are_products_of_their_own() -> None:
    rows = [{"Handle": "", "Title": "T-shirt", "Variant SKU": f"S{n}"} for n in range(40)]
    read = read_text(shopify(*rows))
    assert len(read.products) == 40


def test_products_that_nothing_tells_apart_are_one() -> None:
    row = {"Handle": "", "Title": "T-shirt", "Variant SKU": ""}
    read = read_text(shopify(row, row | {"Title": " t-SHIRT"}, row | {"Title": "Cap"}))
    assert (read.refused, list(read.variants)) == ({"2": RefusalReason.SAME_PRODUCT}, ["t-shirt|", "cap|"])


@pytest.mark.parametrize("sku", ["AB-1", "ab-1", " AB-1", "AB-1\u00a0", "\u200bAB-1", "AB\u00ad-1", "AB-1\ufeff"])
def test_second_holder_of_a_sku_is_refused(sku: str) -> None:
    read = read_text(shopify({"Variant SKU": "AB-1"}, {"Variant SKU": sku, "Variant Price": "9"}))
    assert (read.refused, read.prices) == ({"2": RefusalReason.SKU_TAKEN}, {"AB-1": 500})


@pytest.mark.parametrize("sku", ["AB-2", "AB 1", "AB1", "ＡＢ-1", "AB_1", "AB-01"])
def test_other_skus_are_others(sku: str) -> None:
    assert len(read_text(shopify({"Variant SKU": "AB-1"}, {"Variant SKU": sku})).variants) == 2


def test_refused_row_does_not_hold_its_sku_or_options() -> None:
    read = read_text(shopify(first("a", "S", "A1", **{"Variant Price": "x"}), variant("a", "S", "A1")))
    assert (read.refused, read.prices) == ({"1": RefusalReason.NOT_A_PRICE}, {"A1": 500})


def test_sku_in_the_order_of_the_file_even_between_scattered_rows() -> None:
    read = read_text(
        shopify(first("a", "S", "X"), first("b", "S", "x"), variant("a", "M", "Y"), variant("b", "M", "y"))
    )
    assert read.refused == dict.fromkeys(["2", "4"], RefusalReason.SKU_TAKEN)


def test_sku_that_is_too_long_is_refused() -> None:
    assert read_text(shopify({"Variant SKU": "x" * 101})).refused == {"1": RefusalReason.SKU_TOO_LONG}


@pytest.mark.parametrize("value", ["s", " S ", "S\u200b", "\u00a0S"])
def test_same_options_are_refused_in_any_spelling(value: str) -> None:
    read = read_text(shopify(first("a", "S", "A1"), variant("a", value, "A2")))
    assert read.refused == {"2": RefusalReason.SAME_OPTIONS}


def test_option_that_others_have_is_missing() -> None:
    read = read_text(shopify(first("a", "S", "A1"), variant("a", "", "A2"), variant("a", "\u200b", "A3")))
    assert read.refused == dict.fromkeys(["2", "3"], RefusalReason.MISSING_OPTION)


@pytest.mark.parametrize("value", ["Default Title", "default title", " DEFAULT TITLE "])
def test_default_title_alone_is_no_option(value: str) -> None:
    read = read_text(shopify(first("a", value, "A1", **{"Option1 Name": "Title"}), variant("a", value, "A2")))
    assert (read.products[0].option_names, read.variants["A1"].options) == ((), ())
    assert read.refused == {"2": RefusalReason.SAME_PRODUCT}


def test_option_without_a_name_gets_one_with_a_note() -> None:
    read = read_text(shopify({"Option1 Value": "Red"}))
    assert (read.products[0].option_names, read.notes) == (("Option 1",), {"1": [NoteKind.OPTION_WITHOUT_NAME]})


def test_option_value_that_is_too_long_is_refused() -> None:
    assert read_text(shopify(first("a", "x" * 256, "A1"))).refused == {"1": RefusalReason.OPTION_TOO_LONG}


def test_product_has_at_most_2048_variants() -> None:
    rows = [first("a", "0", "A0"), *(variant("a", str(n), f"A{n}") for n in range(1, 2050))]
    read = read_text(shopify(*rows))
    assert (len(read.variants), set(read.refused.values())) == (2048, {RefusalReason.TOO_MANY_VARIANTS})


def test_row_with_only_a_title_is_a_variant_if_no_other_row_is() -> None:
    alone = {"Handle": "a", "Title": "A", "Variant SKU": "", "Variant Price": ""}
    assert read_text(shopify(alone, {})).refused == {"1": RefusalReason.NO_PRICE}
    assert read_text(shopify(alone, variant("a", "", "A1"))).refused == {}


def test_picture_rows_of_a_product_without_rows_add_nothing() -> None:
    lonely = {
        "Handle": "a",
        "Title": "",
        "Variant SKU": "",
        "Variant Price": "",
        "Image Src": "https://a.example/1.jpg",
    }
    read = read_text(shopify(lonely, {}))
    assert (len(read.products), len(read.products[0].pictures)) == (1, 0)


def test_pictures_are_in_the_order_of_their_positions() -> None:
    rows = [first("a", "S", "A1"), *(variant("a", "", "", **{"Variant Price": ""}) for _n in range(3))]
    for row, (position, name) in zip(rows, [("3", "c"), ("1", "a"), ("2", "b"), ("x", "d")], strict=True):
        row |= {"Image Src": f"https://a.example/{name}.jpg", "Image Position": position}
    assert [p.address[-5] for p in read_text(shopify(*rows)).products[0].pictures] == ["a", "b", "c", "d"]


def test_more_pictures_than_the_limit_have_a_note() -> None:
    pictures = ",".join(f"https://a.example/{n}.jpg" for n in range(60))
    read = read_text(shopify({"Image Src": pictures}))
    assert (len(read.products[0].pictures), read.notes) == (50, {"1": [NoteKind.TOO_MANY_PICTURES]})


@pytest.mark.parametrize(
    ("status", "published", "is_on_sale"),
    [
        *(("active", "TRUE", True), ("ACTIVE", "true", True), ("", "", True), ("active", "", True), ("", "yes", True)),
        *(
            ("draft", "TRUE", False),
            ("archived", "TRUE", False),
            ("active", "FALSE", False),
            ("unlisted", "TRUE", False),
        ),
        *((" Draft ", "", False), ("active", "0", False), ("on hold", "TRUE", False)),
    ],
)
def test_status_and_published(status: str, published: str, is_on_sale: bool) -> None:
    read = read_text(shopify({"Status": status, "Published": published}))
    assert read.products[0].is_on_sale == is_on_sale
    assert (NoteKind.UNKNOWN_STATUS in read.notes.get("1", [])) == (status == "on hold")


@pytest.mark.parametrize("word", ["TRUE", "true", "Yes", "1"])
def test_gift_cards_are_refused_with_all_their_rows(word: str) -> None:
    read = read_text(shopify(first("card", "25", "C1", **{"Gift Card": word}), variant("card", "50", "C2")))
    assert read.refused == dict.fromkeys(["1", "2"], RefusalReason.GIFT_CARD)


def test_brand_that_is_too_long_is_left_out_with_a_note() -> None:
    read = read_text(shopify({"Vendor": "x" * 300}))
    assert (read.products[0].brand, read.notes) == ("", {"1": [NoteKind.NAME_TOO_LONG]})


def test_weight_that_is_none_is_left_out_with_a_note() -> None:
    read = read_text(shopify({"Variant Grams": "heavy"}, {"Variant Grams": "0"}, {"Variant Grams": "250"}))
    assert [v.weight_grams for v in read.variants.values()] == [None, None, 250]
    assert read.notes == {"1": [NoteKind.WEIGHT_UNCLEAR]}


@pytest.mark.parametrize(("word", "needs_shipping"), [("TRUE", True), ("", True), ("FALSE", False), ("false", False)])
def test_goods_that_need_no_shipping(word: str, needs_shipping: bool) -> None:
    assert read_text(shopify({"Variant Requires Shipping": word})).variants["PAN-1"].needs_shipping == needs_shipping


@pytest.mark.parametrize(("policy", "expected"), [("deny", False), ("continue", True), ("CONTINUE", True), ("", False)])
def test_policy_when_stock_runs_out(policy: str, expected: bool) -> None:
    assert read_text(shopify({"Variant Inventory Policy": policy})).variants["PAN-1"].sells_without_stock == expected


def test_our_own_csv() -> None:
    read = read_text(
        OWN
        + "A,pan,Pan,Acme,Kitchen > Pans,on_sale,Size,S,5.00,USD,4,95200002,250,https://a.example/1.jpg\n"
        + "B,pan,,,,,,M,6.00,usd,,,,\n"
        + "C,lid,Lid,,,off_sale,,,7.00,EUR,1,,,\n"
        + "D,lid,,,,,,,7.00,,0,,,\n"
    )
    assert read.refused == {"3": RefusalReason.FOREIGN_CURRENCY}
    pan, lid = read.products
    assert (pan.brand, pan.category, pan.option_names, pan.is_on_sale) == ("Acme", "Kitchen > Pans", ("Size",), True)
    assert [(v.stock, v.is_tracked, v.weight_grams) for v in pan.variants] == [(4, True, 250), (None, None, None)]
    assert (lid.title, lid.is_on_sale, lid.variants[0].stock) == ("Lid", False, 0)
