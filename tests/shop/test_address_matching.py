"""Addresses are equal however they are written, and an apartment that is missing leaves a doubt."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.address_matching import AddressMatch, compare_homes, read_home
from shop.models import Address

US = {"name": "Sam", "street": "12 Main Street", "extra": "", "city": "Springfield", "region": "IL"}
US |= {"postal_code": "62701", "country_code": "US"}
DUBAI = {"name": "Layla", "street": "Marina Walk 5", "region": "دبي", "country_code": "AE"}
TOKYO = {
    "name": "Aiko",
    "street": "中央区銀座1-2-3",
    "region": "東京都",
    "postal_code": "1040061",
    "country_code": "JP",
}
BERLIN = {"name": "Erika", "street": "Torstr. 1", "city": "Berlin", "postal_code": "10119", "country_code": "DE"}
CAIRO = {"name": "O", "street": "شارع النيل 15", "city": "القاهرة", "region": "القاهرة", "country_code": "EG"}
TEL_AVIV = {"name": "N", "street": "דיזנגוף 99", "city": "תל אביב", "postal_code": "6433222", "country_code": "IL"}
HOME, UNIT_MISSING = AddressMatch.SAME_HOME, AddressMatch.UNIT_MISSING


def match(one: dict[str, str], **changes: str) -> AddressMatch | None:
    return compare_homes(read_home(Address(**one)), read_home(Address(**(one | changes))))


@pytest.mark.parametrize(
    ("address", "changes"),
    [
        (US, {"street": "12, MAIN ST."}),
        (US, {"name": "Another Resident", "company": "ACME", "phone": "+12175550100"}),
        (US, {"street": "Main Street 12"}),
        (US, {"street": "\u1d39\u1d2c\u1d35\u1d3a \U0001d412\U0001d413 12"}),
        (US, {"postal_code": "62701-1234"}),
        (US, {"city": "Springfeild", "region": "Illinois"}),
        (US | {"street": "7 N Oak Ave"}, {"street": "7 north oak avenue"}),
        (DUBAI, {"street": "MARINA WALK, 5"}),
        (DUBAI, {"street": "Marina Walk ٥"}),
        (TOKYO, {"street": "中央区銀座１−２−３"}),
        (BERLIN, {"street": "Torstraße 1"}),
        (BERLIN, {"street": "TORSTRASSE 1"}),
        (CAIRO, {"street": "شارع النِّيل ١٥"}),
        (TEL_AVIV, {"street": "דיזנגוף\u200f 99"}),
    ],
)
def test_the_same_house_is_recognized_however_it_is_written(address: dict[str, str], changes: dict[str, str]) -> None:
    assert match(address, **changes) == UNIT_MISSING
    assert match(address | {"extra": "Apt 3b"}, **changes, extra="#3 B") == HOME


@pytest.mark.parametrize(
    ("address", "changes"),
    [
        (US, {"street": "13 Main Street"}),
        (US, {"street": "12 Main Road"}),
        (US, {"street": "1 Main Street 2"}),
        (US, {"postal_code": "62702"}),
        (US, {"country_code": "CA"}),
        (DUBAI, {"region": "الشارقة"}),
        (TOKYO, {"street": "中央区銀座3-2-1"}),
        (BERLIN, {"street": "Torstr. 1a"}),
        (CAIRO, {"city": "الجيزة"}),
        (US | {"street": "Main Street"}, {"name": "Somebody Else"}),
        (US | {"street": "-"}, {"street": "."}),
    ],
)
def test_another_house_is_no_match(address: dict[str, str], changes: dict[str, str]) -> None:
    assert match(address, **changes) is None


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ({"extra": "Apt 3"}, {"extra": "Apt 4"}, None),
        ({"extra": "Apt 3"}, {"extra": ""}, UNIT_MISSING),
        ({"extra": "Apt 3"}, {"extra": "Unit 3"}, HOME),
        ({"extra": "Apt 3"}, {"street": "12 Main Street, Apartment 3"}, HOME),
        ({"extra": "Apt 3"}, {"street": "Flat 3, 12 Main Street"}, HOME),
        ({"extra": "3B"}, {"street": "12 Main St #3b"}, HOME),
        ({"extra": "Apt 3"}, {"street": "12 Main Street, Apartment 4"}, None),
        ({"extra": "דירה 3"}, {"extra": "شقة ٣"}, HOME),
        ({"street": "12 Main Street Apt 3"}, {"street": "12 Main Street"}, UNIT_MISSING),
    ],
)
def test_apartments_of_a_house_are_told_apart(
    one: dict[str, str], other: dict[str, str], expected: AddressMatch | None
) -> None:
    homes = read_home(Address(**(US | one))), read_home(Address(**(US | other)))
    assert compare_homes(*homes) == compare_homes(*reversed(homes)) == expected


def test_without_a_postal_code_on_both_sides_the_place_decides() -> None:
    assert match(US | {"postal_code": ""}) == UNIT_MISSING
    assert match(US, postal_code="") == UNIT_MISSING
    assert match(US, postal_code="", city="Chicago") is None


@given(
    street=st.text(max_size=40), extra=st.text(max_size=20), postal_code=st.text(max_size=8), city=st.text(max_size=20)
)
def test_any_text_is_compared_with_itself_and_never_fails(street: str, extra: str, postal_code: str, city: str) -> None:
    home = read_home(Address(street=street, extra=extra, postal_code=postal_code, city=city, country_code="EG"))
    shouted = read_home(
        Address(street=f" {street} ", extra=extra, postal_code=postal_code, city=city, country_code="EG", name="x")
    )
    same = compare_homes(home, home)
    assert compare_homes(home, shouted) in (same, None)
    assert same is None or home.street or home.numbers
