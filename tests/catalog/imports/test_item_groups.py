"""Item groups of Google's product data: which attributes are options, and items with a last date."""

import pytest

from catalog.imports.remarks import NoteKind, RefusalReason
from catalog.imports.results import Availability
from tests.catalog.imports.readings import ReadFile, item, read_text, rss


def read_group(*attributes: dict[str, str]) -> ReadFile:
    """Read one item group whose items have these attributes. They are called A, B and so on."""
    items = (item("ABCDEF"[n], item_group_id="GROUP", title="Coat", **values) for n, values in enumerate(attributes))
    return read_text(rss(*items))


@pytest.mark.parametrize(
    ("attribute", "name", "values"),
    [("gender", "Gender", ("male", "female")), ("age_group", "Age group", ("adult", "kids"))],
)
def test_items_that_differ_in_gender_or_age_alone_are_variants(
    attribute: str, name: str, values: tuple[str, str]
) -> None:
    read = read_group(*({"size": "S", attribute: value} for value in values))
    assert read.refused == {}
    assert read.products[0].option_names == ("Size", name)
    assert [variant.options for variant in read.products[0].variants] == [("S", value) for value in values]


def test_gender_and_age_that_all_items_share_are_no_options() -> None:
    read = read_group(*({"size": size, "gender": "unisex", "age_group": "adult"} for size in "SM"))
    assert read.products[0].option_names == ("Size",)
    assert NoteKind.OPTION_WITHOUT_NAME not in {note for notes in read.notes.values() for note in notes}


def test_items_alike_in_all_attributes_are_one() -> None:
    read = read_group(*({"size": "S", "gender": gender} for gender in ("male", "Male ")))
    assert (list(read.variants), read.refused) == (["A"], {"2": RefusalReason.SAME_OPTIONS})


def test_attributes_that_all_items_share_give_way_where_there_would_be_too_many() -> None:
    shared = {"color": "Grey", "material": "Wool", "pattern": "Plain"}
    read = read_group(*(shared | {"size": size} for size in "SML"))
    assert (read.products[0].option_names, len(read.variants)) == (("Size",), 3)
    each = (
        {"color": c, "material": m, "pattern": p, "size": s} for c, m, p, s in ("awxS", "bwxS", "bvxS", "bvyS", "bvyM")
    )
    assert set(read_group(*each).refused.values()) == {RefusalReason.TOO_MANY_OPTIONS}


@pytest.mark.parametrize("date", ["2020-01-31", "2020-01-31T12:00:00+02:00", " 2020-01-31T12:00Z "])
def test_item_after_its_last_date_is_sold_out(date: str) -> None:
    read = read_text(rss(item("A", expiration_date=date), item("B")))
    assert [variant.availability for variant in read.variants.values()] == [
        Availability.OUT_OF_STOCK,
        Availability.IN_STOCK,
    ]
    assert read.notes["1"] == [NoteKind.EXPIRED]


@pytest.mark.parametrize(("date", "notes"), [("2999-01-01", []), ("soon", [NoteKind.EXPIRY_UNCLEAR])])
def test_item_before_its_last_date_or_with_an_unclear_one_is_sold(date: str, notes: list[NoteKind]) -> None:
    read = read_text(rss(item("A", expiration_date=date)))
    assert read.variants["A"].availability == Availability.IN_STOCK
    assert read.notes.get("1", []) == notes
