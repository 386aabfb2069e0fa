"""VAT numbers and regions as people write them."""

import pytest

from catalog.vat_numbers import VatNumberRefused, check_vat_number, is_reverse_charged
from shop.regions import find_region


@pytest.mark.parametrize(
    ("typed", "country", "stored"),
    [
        ("VAT DE136695976", "DE", "DE136695976"),
        ("VAT No. DE 136 695 976", "FR", "DE136695976"),
        ("USt-IdNr.: DE136695976", "AT", "DE136695976"),
        ("P. IVA: IT00743110157", "IT", "IT00743110157"),
        ("CHE-107.787.577", "CH", "CHE107787577MWST"),
        ("UID CHE-107.787.577 TVA", "CH", "CHE107787577TVA"),
        ("VAT NO 995525828 MVA", "NO", "NO995525828MVA"),
        ("XI 980 7806 84", "GB", "XI980780684"),
        ("980780684", "GB", "GB980780684"),
    ],
)
def test_number_is_stored_with_its_prefix_alone(typed: str, country: str, stored: str) -> None:
    assert check_vat_number(typed, country) == stored


@pytest.mark.parametrize(("typed", "country"), [("DE136695970", "FR"), ("VAT DE136695970", "DE"), ("VAT", "DE")])
def test_number_with_a_wrong_digit_is_no_other_countrys(typed: str, country: str) -> None:
    """French numbers may begin with two letters, too."""
    with pytest.raises(VatNumberRefused, match="This is not a valid VAT number of Germany"):
        check_vat_number(typed, country)


@pytest.mark.parametrize(
    ("number", "destination", "is_reversed"),
    [
        ("XI980780684", "GB", True),
        ("XI980780684", "FR", True),
        ("GB980780684", "GB", False),
        ("FR40303265045", "GB", False),
        ("XI980780684", "DE", False),
    ],
)
def test_goods_to_businesses_in_northern_ireland_are_like_those_to_the_eu(
    number: str, destination: str, is_reversed: bool
) -> None:
    assert is_reverse_charged(vat_number=number, country_code=destination, home_country="DE") is is_reversed


@pytest.mark.parametrize(
    ("country", "typed", "stored"),
    [
        ("EG", "Cairo", "القاهرة"),
        ("EG", "cairo governorate", "القاهرة"),
        ("RU", "Altayskiy", "Алтайский край"),
        ("CN", "Beijing", "北京市"),
        ("US", "california", "CA"),
        ("US", "District of Columbia", "DC"),
        ("EG", "Caro", ""),
        ("DE", "Bavaria", ""),
    ],
)
def test_region_is_recognized_without_its_kind(country: str, typed: str, stored: str) -> None:
    assert find_region(country, typed) == stored
