"""Amounts and rates are read as their language writes them; what could mean two things is refused."""

import pytest
from django.test import Client
from django.utils.translation import override

from accounts.models import User
from catalog.amounts import AmountUnclear, currency_choices, read_amount, read_percent, write_amount, write_percent
from catalog.models import Category, Product
from catalog.prices import format_money
from tests.conftest import client_of
from tests.factories import make_category, make_product
from tests.html_forms import read_form

CLEAR = [
    ("25", "USD", 2500),
    ("25.5", "USD", 2550),
    (" $25 ", "USD", 2500),
    ("USD 25.00", "USD", 2500),
    ("1,250.00", "USD", 125_000),
    ("٢٥", "USD", 2500),
    ("٢٥٫٥٠", "USD", 2550),
    ("۱٬۰۰۰", "USD", 100_000),
    ("2,500", "JPY", 2500),
    ("1.000", "KWD", 1000),
    ("\u200e25.00\u200e", "USD", 2500),
    ("0", "USD", 0),
]
UNCLEAR = [
    ("25,00", "USD"),
    ("1.000", "USD"),
    ("1.234,50", "USD"),
    ("1e3", "USD"),
    ("-5", "USD"),
    ("25-", "USD"),
    ("25.005", "USD"),
    ("25.00", "JPY"),
    ("€5", "USD"),
    ("", "USD"),
    (".", "USD"),
    ("NaN", "USD"),
    ("Infinity", "USD"),
    ("²", "USD"),
    ("2 5", "USD"),
    ("1_000", "USD"),
    ("0x10", "USD"),
    ("25\x00", "USD"),
    ("9" * 5000, "USD"),
]


@pytest.mark.parametrize("language", ["en", "ar", "he"])
@pytest.mark.parametrize(("text", "currency", "expected"), CLEAR)
def test_clear_amount_is_read(language: str, text: str, currency: str, expected: int) -> None:
    with override(language):
        assert read_amount(text, currency) == expected


@pytest.mark.parametrize("language", ["en", "ar", "he"])
@pytest.mark.parametrize(("text", "currency"), UNCLEAR)
def test_unclear_amount_is_refused_with_a_sentence(language: str, text: str, currency: str) -> None:
    with override(language), pytest.raises(AmountUnclear, match=r".+"):
        read_amount(text, currency)


def test_language_with_a_decimal_comma_reads_it() -> None:
    with override("de"):
        assert (read_amount("25,00", "EUR"), read_amount("1.000", "EUR")) == (2500, 100_000)
        assert write_amount(2550, "EUR") == "25,50"
        with pytest.raises(AmountUnclear):
            read_amount("25.00", "EUR")


def test_amounts_are_written_so_that_they_are_read_back() -> None:
    for language in ("en", "ar", "he", "de"):
        with override(language):
            for currency in ("USD", "JPY", "KWD"):
                assert read_amount(write_amount(1_234_567, currency), currency) == 1_234_567
            assert read_percent(write_percent(455)) == 455


@pytest.mark.parametrize(
    ("language", "currency", "text", "sentence"),
    [
        ("en", "USD", "1,00", "“1,00” can be read in two ways. Write 1.00 or 100.00."),
        ("en", "USD", "$1,2", "“1,2” can be read in two ways. Write 1.20 or 12.00."),
        ("de", "EUR", "1.50", "“1.50” can be read in two ways. Write 1,50 or 150,00."),
        ("en", "JPY", "1,00", "“1,00” can be read in two ways. Write 1 or 100."),
        ("en", "KWD", "1,00", "“1,00” can be read in two ways. Write 1.000 or 100.000."),
        ("en", "USD", "1.000,50", "“1.000,50” is not a clear amount. Write it like this: 1000.50."),
        ("en", "USD", "1.2.3", "“1.2.3” is not a clear amount. Write it like this: 123.00."),
        ("en", "USD", ",", "“,” is not a clear amount. Write it like this: 25.00."),
    ],
)
def test_refusal_suggests_the_typed_number_in_each_reading(
    language: str, currency: str, text: str, sentence: str
) -> None:
    with override(language), pytest.raises(AmountUnclear) as refusal:
        read_amount(text, currency)
    assert str(refusal.value) == sentence


@pytest.mark.parametrize(("text", "words"), [("4,5", "Write 4.5 or 45."), ("1,25", "Write 1.25 or 125.")])
def test_refused_percentage_is_suggested_in_each_reading(text: str, words: str) -> None:
    with pytest.raises(AmountUnclear, match=words):
        read_percent(text)


@pytest.mark.parametrize(("text", "bps"), [("4.5", 450), ("4.5 %", 450), ("٤٫٥٪", 450), ("100", 10_000), ("0", 0)])
def test_percentage_is_read(text: str, bps: int) -> None:
    assert read_percent(text) == bps


@pytest.mark.parametrize("text", ["4,5", "4.555", "-1", "", "five", "%"])
def test_unclear_percentage_is_refused(text: str) -> None:
    with pytest.raises(AmountUnclear):
        read_percent(text)


def test_currencies_in_use_are_offered() -> None:
    codes = [code for code, _name in currency_choices()]
    assert {"USD", "EUR", "ILS", "KWD", "JPY", "AED"} <= set(codes)
    assert not {"DEM", "XXX", "ITL"} & set(codes)


@pytest.fixture
def as_merchant(merchant: User) -> Client:
    return client_of(merchant)


def change(client: Client, row: Product | Category, **values: str) -> list[str]:
    """Change a row in admin, and return the sentences of the refusal."""
    url = f"/admin/catalog/{row._meta.model_name}/{row.pk}/change/"
    response = client.post(url, read_form(client.get(url).content.decode()) | values)
    if response.status_code == 302:
        row.refresh_from_db()
        return []
    form = response.context["adminform"].form
    for name, value in values.items():
        assert form[name].value() == value
    return [str(sentence) for errors in form.errors.values() for sentence in errors]


@pytest.mark.django_db
def test_price_is_typed_in_its_currency(as_merchant: Client) -> None:
    product = make_product("lamp")
    assert change(as_merchant, product, price_minor="25") == []
    assert product.price_minor == 2500
    assert change(as_merchant, product, price_minor="2500", currency="JPY") == []
    assert (product.price_minor, product.currency) == (2500, "JPY")
    assert change(as_merchant, product, price_minor="12.345", currency="KWD") == []
    assert (product.price_minor, product.currency) == (12_345, "KWD")


@pytest.mark.django_db
@pytest.mark.parametrize("text", ["25,00", "1e3", "-1", "25.001", "99999999999", "", "abc"])
def test_wrong_price_is_refused_at_its_field(as_merchant: Client, text: str) -> None:
    product = make_product("lamp")
    assert len(change(as_merchant, product, price_minor=text)) == 1
    product.refresh_from_db()
    assert product.price_minor == 1999


@pytest.mark.django_db
def test_currency_alone_cannot_change_what_a_price_means(as_merchant: Client) -> None:
    product = make_product("lamp")
    assert change(as_merchant, product, currency="JPY") == ["JPY has no decimals. Write 25, for example."]
    assert change(as_merchant, product, currency="XXX") == [
        "Select a valid choice. XXX is not one of the available choices."
    ]
    assert change(as_merchant, product, currency="KWD") == []
    assert (product.price_minor, product.currency) == (19_990, "KWD")


@pytest.mark.django_db
def test_price_of_0_must_be_confirmed(as_merchant: Client) -> None:
    product = make_product("lamp")
    assert change(as_merchant, product, price_minor="0") == [
        "This is 0. If that is intended, tick “0 is intended” and save again."
    ]
    product.refresh_from_db()
    assert product.price_minor == 1999
    assert change(as_merchant, product, price_minor="0", confirms_zero="on") == []
    assert product.price_minor == 0
    assert change(as_merchant, product, name="Free lamp") == []


@pytest.mark.django_db
def test_commission_is_typed_in_percent(as_merchant: Client) -> None:
    category = make_category("music")
    page = as_merchant.get(f"/admin/catalog/category/{category.pk}/change/").content.decode()
    assert 'value="4.5"' in page
    assert change(as_merchant, category, commission_rate_bps="10") == []
    assert category.commission_rate_bps == 1000
    assert change(as_merchant, category, commission_rate_bps="101") == ["Enter 100 or less."]


@pytest.mark.django_db
def test_price_typed_in_a_currency_that_was_replaced_meanwhile_is_refused(as_merchant: Client) -> None:
    product = make_product("lamp")
    url = f"/admin/catalog/product/{product.pk}/change/"
    data = read_form(as_merchant.get(url).content.decode())
    Product.objects.update(currency="JPY")
    refused = as_merchant.post(url, data | {"price_minor": "25"})
    assert "Somebody else changed the currency to JPY." in refused.content.decode()
    assert (Product.objects.get().price_minor, Product.objects.get().currency) == (1999, "JPY")
    assert as_merchant.post(url, data | {"name": "Lamp"}).status_code == 302
    assert (Product.objects.get().price_minor, Product.objects.get().currency) == (1999, "JPY")


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "-$25.00"),
        ("ar", "\u200f\u200e-25.00\u200f\u00a0US$\u200e"),
        ("he", "\u200f\u200e-25.00\u200f\u00a0\u200f$\u200e"),
    ],
)
def test_minus_stays_in_front_of_its_number(language: str, text: str) -> None:
    with override(language):
        assert format_money(-2500, "USD") == text
