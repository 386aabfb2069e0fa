"""Prices and stock in all the spellings that exports and spreadsheets have."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.imports.remarks import NoteKind, RefusalReason
from catalog.imports.results import SalePrice
from tests.catalog.imports.readings import item, read_prices, read_text, rss, shopify

POINT, COMMA = "3.50", "3,50"
"""A price that shows the file's decimal sign."""
NARROW_SPACE, NO_BREAK_SPACE = "\u202f", "\u00a0"


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        *(("19.99", 1999), ("19,99", 1999), ("19.9", 1990), ("19", 1900), ("0019.99", 1999), (".99", 99)),
        *(("1299", 129900), ("1,299.00", 129900), ("1.299,00", 129900), ("1,299", 129900), ("1.299.000", 129900000)),
        *(("1 299.00", 129900), (f"1{NARROW_SPACE}299,00", 129900), ("1'299.00", 129900), ("1’299,00", 129900)),
        *(("1,29,900.00", 12990000), ("1299,000", 129900), ("19.990", 1999), ("5.0000000", 500), ("0.00", 0)),
        *(("$19.99", 1999), ("US$ 19.99", 1999), ("19.99 $", 1999), ("USD19.99", 1999), ("usd 19.99", 1999)),
        *(("$19.99 USD", 1999), ("19.99 US dollars", 1999), (f"19.99{NO_BREAK_SPACE}USD", 1999), (" 19.99 ", 1999)),
        *(("١٩٫٩٩", 1999), ("١٬٢٩٩٫٠٠", 129900), ("۱۹٫۹۹", 1999), ("１９．９９", 1999), ("१९.९९", 1999)),
        *(("\u200f19.99", 1999), ("19.99\u200e", 1999), ("19.9\u200b9", 1999)),
    ],
)
def test_price_is_read_in_a_file_with_a_decimal_point(text: str, amount: int) -> None:
    assert read_prices(text, POINT).prices["PAN-1"] == amount


@pytest.mark.parametrize(
    ("currency", "text", "amount"),
    [
        *(("USD", "19.99 Dollars", 1999), ("USD", "5,-", 500), ("EUR", "5.– €", 500), ("SEK", "5:-", 500)),
        *(("AED", "5.00 د.إ", 500), ("AED", "Dhs 5", 500), ("AED", "٥٫٥٠ درهم", 550), ("SAR", "5.00 ر.س.", 500)),
        *(("ILS", '19.90 ש"ח', 1990), ("ILS", "NIS 5", 500), ("ILS", "5 שקלים", 500), ("INR", "Rs. 500", 50000)),
        *(("CHF", "CHF 12.-", 1200), ("CHF", "12.50 Fr.", 1250), ("TRY", "19.99 TL", 1999), ("GBP", "5 pounds", 500)),
    ],
)
def test_price_names_the_currency_as_shops_of_its_country_do(currency: str, text: str, amount: int) -> None:
    assert read_prices(text, POINT, currency=currency).prices["PAN-1"] == amount


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        *((text, RefusalReason.NOT_A_PRICE) for text in ("tbd", "free", "from 19.99", "19.99-24.99", "19.99 / 24.99")),
        *((text, RefusalReason.NOT_A_PRICE) for text in ("1.2.3", "1..5", "5.", "1e3", "1E+3", "NaN", "Infinity")),
        *(
            (text, RefusalReason.NOT_A_PRICE)
            for text in ("=5+5", "(5.00)", "19 99", "1 2 3", "1,299,00", "1.299.00", "½")
        ),
        *((text, RefusalReason.NOT_A_PRICE) for text in ("0x10", "5 USD USD", "TRUE", "-", "9" * 60)),
        *((text, RefusalReason.FOREIGN_CURRENCY) for text in ("19.99 EUR", "€19.99", "£5", "CHF 5", "CA$5", "$5 CAD")),
        *((text, RefusalReason.FOREIGN_CURRENCY) for text in ("5 zł", "5 kr", "-5 EUR", "¥500")),
        *((text, RefusalReason.NEGATIVE_PRICE) for text in ("-5.00", "−5.00", "$-5", "-$5", "- 5", "-0.01 USD")),
        *((text, RefusalReason.TOO_MANY_DECIMALS) for text in ("5.001", "0,999", "19.999", "1299,001", "5.0000001")),
        *((text, RefusalReason.PRICE_TOO_HIGH) for text in ("99999999.99", "1,000,000,000,000.00")),
        *((text, RefusalReason.NO_PRICE) for text in ("", "  ", NO_BREAK_SPACE)),
    ],
)
def test_price_is_refused_in_a_file_with_a_decimal_point(text: str, reason: RefusalReason) -> None:
    read = read_prices(text, POINT)
    assert read.refused == {"1": reason}
    assert read.prices == {"PAN-2": 350}


@given(
    st.integers(0, 2_147_483_647),
    st.sampled_from([("", "."), (",", "."), (" ", "."), ("", ","), (".", ","), (" ", ",")]),
)
def test_every_amount_is_read_as_it_is_written(amount: int, signs: tuple[str, str]) -> None:
    group, decimal = signs
    text = f"{amount // 100:,}".replace(",", group) + f"{decimal}{amount % 100:02}"
    assert read_prices(text).prices == {"PAN-1": amount}


@given(st.text(max_size=30))
def test_no_text_is_a_price_by_accident(text: str) -> None:
    read = read_prices(text, POINT)
    assert "PAN-2" in read.prices
    assert any(letter.isdigit() for letter in text) or "PAN-1" not in read.prices


@pytest.mark.parametrize(("sign", "amount"), [(POINT, 129900), (COMMA, None)])
def test_most_prices_decide_about_those_that_read_two_ways(sign: str, amount: int | None) -> None:
    read = read_prices("1,299", sign, sign, POINT, COMMA)
    assert read.prices.get("PAN-1") == amount
    assert (NoteKind.DECIMAL_COMMA in read.file_notes) == (sign == COMMA)


@pytest.mark.parametrize("others", [[], ["12"], [POINT, COMMA], ["9,99 EUR"]])
def test_price_that_stays_open_is_refused(others: list[str]) -> None:
    read = read_prices("1,299", *others)
    assert read.refused["1"] == RefusalReason.UNCLEAR_PRICE
    assert NoteKind.DECIMAL_UNKNOWN in read.file_notes


def test_open_decimal_sign_can_be_answered() -> None:
    assert read_prices("1,299", decimal_sign=".").prices == {"PAN-1": 129900}
    assert read_prices("1.299", decimal_sign=",").prices == {"PAN-1": 129900}
    assert read_prices("1,290", decimal_sign=",").prices == {"PAN-1": 129}


def test_prices_in_other_currencies_do_not_decide_about_the_sign() -> None:
    assert read_prices("1,299", POINT, "1,99 EUR", "2,99 EUR").prices["PAN-1"] == 129900


def test_whole_prices_say_nothing_about_the_sign() -> None:
    assert not {NoteKind.DECIMAL_POINT, NoteKind.DECIMAL_UNKNOWN} & set(read_prices("12", "1 299").file_notes)


@pytest.mark.parametrize(
    ("text", "currency", "amount"),
    [
        *(("1980 JPY", "JPY", 1980), ("1,980", "JPY", 1980), ("1.980円", "JPY", 1980), ("1980.00", "JPY", 1980)),
        *(
            (".0 JPY", "JPY", 0),
            ("1980.50", "JPY", None),
            ("0.500 KWD", "KWD", 500),
            ("1,234.500 KWD", "KWD", 1234500),
            ("5.5 KWD", "KWD", 5500),
        ),
        *(
            ("8,50 €", "EUR", 850),
            ("8.50 Euro", "EUR", 850),
            ("$5", "CAD", 500),
            ("5 $", "MXN", 500),
            ("5 Kč", "CZK", 500),
        ),
    ],
)
def test_decimals_and_symbols_are_those_of_the_currency(text: str, currency: str, amount: int | None) -> None:
    assert read_prices(text, currency=currency).prices.get("PAN-1") == amount


def test_three_decimals_of_a_currency_read_two_ways_until_one_price_shows_the_sign() -> None:
    assert read_prices("1.234", "3.500", currency="KWD").prices == {}
    assert read_prices("1.234", "0.500", currency="KWD").prices == {"PAN-1": 1234, "PAN-2": 500}


@pytest.mark.parametrize(
    ("compare_at", "result", "notes"),
    [
        *(("50", 5000, []), ("40.01", 4001, []), ("40", None, [NoteKind.COMPARE_AT_NOT_HIGHER])),
        *(("0", None, []), ("0,00", None, []), (" ", None, []), ("39.99", None, [NoteKind.COMPARE_AT_NOT_HIGHER])),
    ],
)
def test_compare_at_price_is_above_the_price(compare_at: str, result: int | None, notes: list[NoteKind]) -> None:
    read = read_text(shopify({"Variant Price": "40.00", "Variant Compare At Price": compare_at}))
    assert read.variants["PAN-1"].compare_at_minor == result
    assert read.notes.get("1", []) == notes


@pytest.mark.parametrize("compare_at", ["soon", "50 EUR", "-50", "50.001"])
def test_compare_at_price_that_is_none_refuses_the_row(compare_at: str) -> None:
    read = read_text(shopify({"Variant Price": "40.00", "Variant Compare At Price": compare_at}))
    assert list(read.refused) == ["1"] and not read.products


@pytest.mark.parametrize(
    ("sale", "period", "expected", "note"),
    [
        ("4.00 USD", "", SalePrice(400), None),
        ("5.00 USD", "", None, NoteKind.SALE_NOT_LOWER),
        ("6.00 USD", "", None, NoteKind.SALE_NOT_LOWER),
        ("0 USD", "", None, NoteKind.SALE_ZERO),
        ("4.00 USD", "soon", None, NoteKind.SALE_PERIOD_UNCLEAR),
        ("4.00 USD", "2026-12-07/2026-12-01", None, NoteKind.SALE_PERIOD_UNCLEAR),
        ("4.00 USD", "/2026-12-01", None, NoteKind.SALE_PERIOD_UNCLEAR),
        ("4.00 USD", "2026-13-01/2026-14-01", None, NoteKind.SALE_PERIOD_UNCLEAR),
        ("4.00 USD", "0001-01-01T00:00+2300/9999-12-31", None, NoteKind.SALE_PERIOD_UNCLEAR),
        (
            "4.00 USD",
            " 2026-12-01t10:00:30z / 2026-12-02T10:00+01:00 ",
            SalePrice(400, datetime(2026, 12, 1, 10, 0, 30, tzinfo=UTC), datetime(2026, 12, 2, 9, tzinfo=UTC)),
            None,
        ),
    ],
)
def test_sale_price_needs_a_lower_price_and_a_whole_period(
    sale: str, period: str, expected: SalePrice | None, note: NoteKind | None
) -> None:
    read = read_text(
        rss(item("A", sale_price=sale, sale_price_effective_date=period, image_link="https://a.example/a.jpg"))
    )
    assert read.variants["A"].sale == expected
    assert read.notes.get("1", []) == ([note] if note else [])


def test_sale_price_that_is_no_price_refuses_the_item() -> None:
    assert read_text(rss(item("A", sale_price="half"))).refused == {"1": RefusalReason.NOT_A_PRICE}


def test_dates_of_our_own_files_are_in_the_time_zone_of_the_shop(settings: Any) -> None:
    settings.TIME_ZONE = "Europe/Berlin"
    read = read_text(
        "sku,title,price,sale_price,sale_starts_at,sale_ends_at,option1,option1_name\n"
        "A,Pan,5.00,4.00,2026-12-01,2026-12-07,,\nB,Lid,5.00,4.00,,2026-12-07 12:00,,\n"
    )
    period = datetime(2026, 11, 30, 23, tzinfo=UTC), datetime(2026, 12, 7, 23, tzinfo=UTC)
    assert read.variants["A"].sale == SalePrice(400, *period)
    assert read.variants["B"].sale == SalePrice(400, None, datetime(2026, 12, 7, 11, tzinfo=UTC))


@pytest.mark.parametrize(
    ("text", "stock"),
    [
        *(("5", 5), ("0", 0), ("2.0", 2), ("2,00", 2), ("+5", 5), ("٥", 5), ("４", 4), (" 7 ", 7), ("1,299", 1299)),
        *(("1 299", 1299), ("-3", 0), ("−3", 0), ("-3.0", 0), ("2147483647", 2147483647)),
    ],
)
def test_stock_is_a_whole_number(text: str, stock: int) -> None:
    assert read_text(shopify({"Variant Inventory Qty": text, "Variant Price": POINT})).variants["PAN-1"].stock == stock


@pytest.mark.parametrize(
    "text", ["2.5", "12 pcs", "many", "1e3", "--3", "2147483648", "9" * 30, "TRUE", "½", "1,5", "∞"]
)
def test_stock_that_is_no_whole_number_refuses_the_row(text: str) -> None:
    read = read_text(shopify({"Variant Inventory Qty": text, "Variant Price": POINT}, {"Variant Inventory Qty": "1"}))
    assert read.refused == {"1": RefusalReason.NOT_A_STOCK}
    assert list(read.variants) == ["PAN-2"]


def test_stock_that_reads_two_ways_is_read_by_the_sign_of_the_prices() -> None:
    rows = {"Variant Inventory Qty": "1.000", "Variant Price": COMMA}
    assert read_text(shopify(rows)).variants["PAN-1"].stock == 1000
    assert read_text(shopify(rows | {"Variant Price": "3"})).refused == {"1": RefusalReason.NOT_A_STOCK}


def test_file_without_columns_for_stock_says_nothing_about_it() -> None:
    pan = read_text(shopify({})).variants["PAN-1"]
    assert (pan.stock, pan.is_tracked) == (None, None)


def test_blank_tracker_is_sold_without_counting() -> None:
    read = read_text(shopify({"Variant Inventory Tracker": "", "Variant Inventory Qty": "-7"}))
    assert (read.variants["PAN-1"].stock, read.variants["PAN-1"].is_tracked, read.notes) == (None, False, {})
