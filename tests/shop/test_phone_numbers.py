"""Phone numbers are taken as people of the address's country write them, and stored so that they can be dialled."""

import pytest

from shop.address_rules import AddressInvalid, clean_address
from tests.shop.conftest import ADDRESS

COUNTRIES = {
    "US": {},
    "AE": {"country_code": "AE", "region": "Dubai", "city": "", "postal_code": ""},
    "DE": {"country_code": "DE", "region": "", "city": "Berlin", "postal_code": "10119"},
    "AQ": {"country_code": "AQ", "region": "", "postal_code": ""},
}


def clean_phone(country_code: str, phone: str) -> str:
    return clean_address({**ADDRESS, **COUNTRIES[country_code], "phone": phone})["phone"]


@pytest.mark.parametrize(
    ("country_code", "typed", "stored"),
    [
        ("US", "(217) 523-4567", "+12175234567"),
        ("US", "2175234567", "+12175234567"),
        ("US", "1 217 523 4567", "+12175234567"),
        ("US", "217.523.4567", "+12175234567"),
        ("US", "0044 7911 123456", "+447911123456"),
        ("AE", "050 123 4567", "+971501234567"),
        ("AE", "٠٥٠ ١٢٣ ٤٥٦٧", "+971501234567"),
        ("AE", "04 123 4567", "+97141234567"),
        ("AE", "+971 050 123 4567", "+971501234567"),
        ("AE", "+971 (0) 50 123 4567", "+971501234567"),
        ("AE", "00971 50 123 4567", "+971501234567"),
        ("AE", "971501234567", "+971501234567"),
        ("DE", "030 / 123 45-67", "+49301234567"),
        ("DE", "+39 06 6982 1234", "+390669821234"),
        ("AQ", "+64 21 123 456", "+6421123456"),
    ],
)
def test_number_is_stored_with_its_country_code(country_code: str, typed: str, stored: str) -> None:
    assert clean_phone(country_code, typed) == stored


@pytest.mark.parametrize(
    ("country_code", "typed", "example"),
    [
        ("US", "523-4567", "+1 201-555-0123"),
        ("US", "7911123456789", "+1 201-555-0123"),
        ("US", "217 523 4567 ext. 5", "+1 201-555-0123"),
        ("US", "2175234567 2175234568", "+1 201-555-0123"),
        ("AE", "050 123", "+971 50 123 4567"),
        ("AE", "+", "+971 50 123 4567"),
        ("AQ", "021 123 456", "+1 201-555-0123"),
    ],
)
def test_number_that_cannot_be_dialled_is_refused_with_an_example_of_the_country(
    country_code: str, typed: str, example: str
) -> None:
    with pytest.raises(AddressInvalid) as refusal:
        clean_phone(country_code, typed)
    assert refusal.value.errors == {"phone": f"Write a complete phone number, for example \u2066{example}\u2069."}
