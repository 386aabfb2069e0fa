"""products.json with what exporters put into it: other types, missing keys, damage, and files that break off."""

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.imports.remarks import CatalogueStopped, NoteKind, RefusalReason, StopReason
from catalog.imports.results import Availability
from tests.catalog.imports.readings import ReadFile, read_text, stop_of

JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda values: st.lists(values, max_size=3) | st.dictionaries(st.text(max_size=5), values, max_size=3),
    max_leaves=5,
)
PRODUCT_KEYS = (
    "title",
    "handle",
    "body_html",
    "vendor",
    "variants",
    "options",
    "images",
    "tags",
    "published_at",
    "status",
)
VARIANT_KEYS = (
    "sku",
    "price",
    "compare_at_price",
    "option1",
    "barcode",
    "available",
    "grams",
    "featured_image",
    "image_id",
)


def product(*variants: Any, **values: Any) -> dict[str, Any]:
    return {
        "title": "Pan",
        "handle": "pan",
        "variants": [{"sku": f"P{n}"} | v for n, v in enumerate(variants)],
    } | values


def read(*products: Any, **document: Any) -> ReadFile:
    return read_text(json.dumps({"products": products} | document))


@pytest.mark.parametrize(
    ("price", "amount"),
    [
        *(("9.50", 950), (9.5, 950), (9, 900), ("9", 900), (9.0, 900), (1299.5, 129950), (0, 0), (1.5e1, 1500)),
        *((9.501, None), (True, None), ([9], None), ({"amount": 9}, None), (None, None), ("", None), (-1, None)),
        *((float("nan"), None), (float("inf"), None), (10**400, None), (1e300, None)),
    ],
)
def test_price_may_be_a_text_or_a_number(price: Any, amount: int | None) -> None:
    assert read(product({"price": price})).prices.get("P0") == amount


def test_number_with_three_decimals_is_not_read_two_ways() -> None:
    assert read(product({"price": 1.299})).refused == {"1.1": RefusalReason.TOO_MANY_DECIMALS}
    assert read_text('{"products": [{"title": "A", "variants": [{"price": 1.290}]}]}').prices == {"a|": 129}
    assert read_text('{"products": [{"title": "A", "variants": [{"price": 1e999999999}]}]}').products == []


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        ('[{"title": "A", "variants": [{"price": "1"}]}]', ["A"]),
        ('\ufeff {"products": [{"title": "A", "variants": [{"price": "1"}]}]}', ["A"]),
        ('{"count": 1, "x": {"products": []}, "products": [{"title": "A", "variants": [{"price": "1"}]}]}', ["A"]),
        ('{"product": {"title": "A", "variants": [{"price": "1"}]}}', ["A"]),
        ('{"products": null, "items": [{"title": "A", "variants": [{"price": "1"}]}]}', ["A"]),
        ('{"products": [{"title": "A\nB\tC", "variants": [{"price": "1"}]}]}', ["A B C"]),
    ],
)
def test_products_stand_in_several_places(text: str, titles: list[str]) -> None:
    assert read_text(text).titles == titles


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        *(('{"products": []}', StopReason.NO_ROWS), ("[]", StopReason.NO_ROWS), ("{}", StopReason.NOT_A_CATALOGUE)),
        *(('{"error": "x"}', StopReason.NOT_A_CATALOGUE), ('{"products": "none"}', StopReason.NOT_A_CATALOGUE)),
        *(("{products: []}", StopReason.JSON_DAMAGED), ('{"products": [{]', StopReason.JSON_DAMAGED)),
        *(("[" * 100_000, StopReason.JSON_DAMAGED), ('{"products": [{"title"', StopReason.JSON_DAMAGED)),
        *(('{"a":' * 100_000, StopReason.JSON_DAMAGED), ("[Handle],Title", StopReason.JSON_DAMAGED)),
    ],
)
def test_json_that_is_no_catalogue_stops(text: str, reason: StopReason) -> None:
    assert stop_of(text) == reason


def test_odd_products_are_refused_one_by_one() -> None:
    result = read(None, 1, "x", [], {}, product(), product(None or {}, title=None), product({"price": "5"}, handle="b"))
    assert list(result.refused.items()) == [
        *((str(n), RefusalReason.NOT_A_PRODUCT) for n in (1, 2, 3, 4)),
        *(("5", RefusalReason.NO_TITLE), ("6", RefusalReason.NO_VARIANTS), ("7", RefusalReason.NO_TITLE)),
    ]
    assert result.prices == {"P0": 500}


def test_odd_variants_are_refused_one_by_one() -> None:
    text = '{"products": [{"title": "A", "variants": [null, [], {"price": "x"}, {"sku": 17, "price": "1"}]}]}'
    result = read_text(text)
    assert list(result.refused) == ["1.1", "1.2", "1.3"]
    assert list(result.variants) == ["17"]


@given(
    st.dictionaries(st.sampled_from(PRODUCT_KEYS), JSON_VALUES),
    st.dictionaries(st.sampled_from(VARIANT_KEYS), JSON_VALUES),
)
def test_values_of_any_type_never_stop_the_others(values: dict[str, Any], variant: dict[str, Any]) -> None:
    odd = {"title": "Odd", "handle": "odd", "variants": [{"price": "1"} | variant]} | values
    assert "GOOD" in read(odd, product({"sku": "GOOD", "price": "5"}, handle="good-one")).variants


def test_lone_halves_of_letters_are_left_out() -> None:
    assert read_text(r'[{"title": "A\ud83d", "variants": [{"price": "1"}]}]').titles == ["A"]
    assert read_text(r'[{"title": "A\ud83e\uddf5", "variants": [{"price": "1"}]}]').titles == ["A\U0001f9f5"]
    assert read_text(r'[{"title": "A\u0000\u0007", "variants": [{"price": "1"}]}]').notes == {
        "1": [NoteKind.CONTROL_CHARACTERS]
    }


def test_available_is_no_number() -> None:
    result = read(
        product({"price": "1", "option1": "S", "available": True}, {"price": "1", "option1": "M", "available": False})
    )
    states = [(variant.availability, variant.stock) for variant in result.variants.values()]
    assert states == [(Availability.IN_STOCK, None), (Availability.OUT_OF_STOCK, None)]


def test_quantity_that_is_tracked_is_a_number() -> None:
    counted = {"price": "1", "inventory_quantity": 4, "inventory_management": "shopify", "option1": "S"}
    result = read(product(counted, counted | {"inventory_management": None, "option1": "M"}))
    assert [(variant.stock, variant.is_tracked) for variant in result.variants.values()] == [(4, True), (None, False)]


def test_pictures_of_products_and_variants() -> None:
    images = [{"id": 1, "src": "https://a.example/1.jpg", "alt": "Front"}, {"id": 2, "src": "https://a.example/2.jpg"}]
    featured = {"price": "1", "option1": "M", "featured_image": {"src": "https://a.example/1.jpg"}}
    result = read(product({"price": "1", "option1": "S", "image_id": 2}, featured, images=images))
    assert [variant.picture[-5:] for variant in result.variants.values()] == ["2.jpg", "1.jpg"]
    assert [picture.alternative_text for picture in result.products[0].pictures] == ["Front", ""]


def test_options_are_named_by_objects_or_texts() -> None:
    for options in ([{"name": "Size"}], ["Size"]):
        assert read(product({"price": "1", "option1": "S"}, options=options)).products[0].option_names == ("Size",)
    unnamed = read(product({"price": "1", "option1": "S"}))
    assert unnamed.products[0].option_names == ("Option 1",)
    assert unnamed.notes == {"1.1": [NoteKind.OPTION_WITHOUT_NAME]}


def test_gift_cards_and_unpublished_products() -> None:
    result = read(product({"price": "1"}, gift_card=True), product({"price": "1"}, handle="b", published_at=None))
    assert result.refused == {"1": RefusalReason.GIFT_CARD}
    assert not result.products[0].is_on_sale


@given(st.data())
def test_file_cut_off_anywhere_has_whole_products_only(data: st.DataObject) -> None:
    text = json.dumps({"products": [product({"sku": f"S{n}", "price": "512.34"}, handle=f"h{n}") for n in range(4)]})
    length = data.draw(st.integers(0, len(text) - 3))
    with suppress(CatalogueStopped):
        result = read_text(text[:length])
        assert result.ends_early and set(result.prices.values()) == {51234}
        assert list(result.variants) == [f"S{n}" for n in range(len(result.variants))]


def test_damage_in_the_middle_ends_the_file_there() -> None:
    result = read_text('{"products": [{"title": "A", "variants": [{"price": "1"}]}, {"title" "B"}, {"title": "C"}]}')
    assert (result.titles, result.ends_early) == (["A"], True)


def test_large_products_are_read_across_pieces() -> None:
    text = "long words " * 10_000
    result = read(*(product({"sku": f"S{n}", "price": "1"}, handle=f"h{n}", body_html=text) for n in range(5)))
    assert [len(p.description) for p in result.products] == [len(text.strip())] * 5
