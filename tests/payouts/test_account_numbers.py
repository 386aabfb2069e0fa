"""Which bank accounts are accepted, and what is said about the others."""

from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.test import Client
from pytest_django import Settings

from creators.models import Creator
from payouts.account_numbers import AccountInvalid, parse_account, parse_debtor
from payouts.models import PayoutAccount
from tests.factories import PASSWORD

VALID: list[tuple[dict[str, str], tuple[str, str, str]]] = [
    ({"number": "de89 3704 0044 0532 0130 00"}, ("DE89370400440532013000", "", "DE")),
    ({"number": "GB29-NWBK-6016-1331-9268-19"}, ("GB29NWBK60161331926819", "", "GB")),
    ({"number": "AE07 0331 2345 6789 0123 456"}, ("AE070331234567890123456", "", "AE")),
    ({"number": "IL62 0108 0000 0009 9999 999"}, ("IL620108000000099999999", "", "IL")),
    ({"number": "SA0380000000608010167519"}, ("SA0380000000608010167519", "", "SA")),
    (
        {"number": "DE89370400440532013000", "bank_code": "cobadeff xxx", "country_code": "FR"},
        ("DE89370400440532013000", "COBADEFFXXX", "FR"),
    ),
    ({"number": "1234 5678 9", "bank_code": "021000021"}, ("123456789", "021000021", "US")),
    ({"number": "123456789", "bank_code": "BOFAUS3N"}, ("123456789", "BOFAUS3N", "US")),
    ({"number": "12345678", "bank_code": "06-2000", "country_code": "AU"}, ("12345678", "062000", "AU")),
    ({"number": "12345678", "bank_code": "HDFC0000001", "country_code": "IN"}, ("12345678", "HDFC0000001", "IN")),
    ({"number": "12345678", "bank_code": "20-20-15", "country_code": "GB"}, ("12345678", "202015", "GB")),
    ({"number": "123456789", "bank_code": "021000021", "country_code": "DE"}, ("123456789", "021000021", "DE")),
]
INVALID: list[tuple[dict[str, str], tuple[str, str]]] = [
    ({"number": "DE88370400440532013000"}, ("number", "iban_invalid")),
    ({"number": "DE8937040044053201300"}, ("number", "iban_invalid")),
    ({"number": "ZZ68539007547034"}, ("number", "iban_invalid")),
    ({"number": "DE89=cmd"}, ("number", "wrong_form")),
    ({"number": "12"}, ("number", "wrong_form")),
    ({"number": "acct_12345678"}, ("number", "stripe_unused")),
    ({"number": "123456789"}, ("bank_code", "bank_code_needed")),
    ({"number": "123456789", "bank_code": "021000022"}, ("country_code", "country_needed")),
    ({"number": "123456789", "bank_code": "021000022", "country_code": "US"}, ("bank_code", "routing_invalid")),
    ({"number": "12345678", "bank_code": "37040044", "country_code": "DE"}, ("number", "iban_needed")),
    ({"number": "12345678", "country_code": "FR"}, ("number", "iban_needed")),
    ({"number": "12345678", "bank_code": "20-20-1", "country_code": "GB"}, ("bank_code", "gb_sort_code")),
    ({"number": "1234567", "bank_code": "20-20-15", "country_code": "GB"}, ("number", "gb_number")),
    ({"number": "1234567A", "bank_code": "20-20-15", "country_code": "GB"}, ("number", "gb_number")),
    ({"number": "12345678", "country_code": "GB"}, ("number", "iban_needed")),
    ({"number": "12345678", "bank_code": "12", "country_code": "AU"}, ("bank_code", "bank_code_invalid")),
    ({"number": "DE89370400440532013000", "bank_code": "NOBIC"}, ("bank_code", "bic_invalid")),
    ({"number": "A1B2C3", "bank_code": "021000021"}, ("number", "us_number")),
]


def parse(values: dict[str, str], *, uses_stripe: bool = False) -> tuple[str, str, str]:
    account = parse_account(**{"bank_code": "", "country_code": ""} | values, uses_stripe=uses_stripe)
    return account.number, account.bank_code, account.country_code


@pytest.mark.parametrize(("values", "account"), VALID)
def test_valid_account_is_put_into_the_banks_form(values: dict[str, str], account: tuple[str, str, str]) -> None:
    assert parse(values) == account


@pytest.mark.parametrize(("values", "problem"), INVALID)
def test_invalid_account_is_refused_at_its_field(values: dict[str, str], problem: tuple[str, str]) -> None:
    with pytest.raises(AccountInvalid) as error:
        parse(values)
    assert (error.value.field, error.value.code) == problem


def test_stripe_takes_its_own_accounts_only() -> None:
    assert parse({"number": "acct_1AbC23456"}, uses_stripe=True) == ("acct_1AbC23456", "", "")
    with pytest.raises(AccountInvalid):
        parse({"number": "DE89370400440532013000"}, uses_stripe=True)


@pytest.mark.django_db
@pytest.mark.parametrize(("values", "problem"), INVALID)
def test_form_and_api_say_what_is_wrong_and_keep_what_was_typed(
    as_creator: Client, creator: Creator, values: dict[str, str], problem: tuple[str, str]
) -> None:
    as_creator.post("/accounts/reauthenticate/", {"password": PASSWORD})
    typed = {"holder_name": "Maya Meyer", **values}
    page = as_creator.post("/studio/earnings/account/", typed)
    content = page.content.decode()
    assert page.status_code == 422 and "Maya Meyer" in content and f'id="id_{problem[0]}_error"' in content
    answer = as_creator.put("/api/v1/earnings/account/", typed, content_type="application/json")
    assert (answer.status_code, list(answer.json())) == (400, [problem[0]])
    assert PayoutAccount.objects.count() == 0


@pytest.mark.parametrize(
    ("text", "bic", "number"),
    [
        ("DE89 3704 0044 0532 0130 00", "COBADEFFXXX", "DE89370400440532013000"),
        ("021000021/123456789", "", "123456789"),
    ],
)
def test_debtor_is_read_from_settings(text: str, bic: str, number: str) -> None:
    assert parse_debtor(text, bic).number == number


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"PAYOUT_DEBTOR_ACCOUNT": "DE88370400440532013000", "PAYOUT_DEBTOR_NAME": "Shop"}, "PAYOUT_DEBTOR_ACCOUNT is"),
        ({"PAYOUT_DEBTOR_ACCOUNT": "021000022/1234567", "PAYOUT_DEBTOR_NAME": "Shop"}, "PAYOUT_DEBTOR_ACCOUNT is"),
        (
            {
                "PAYOUT_DEBTOR_ACCOUNT": "DE89370400440532013000",
                "PAYOUT_DEBTOR_NAME": "Shop",
                "PAYOUT_DEBTOR_BIC": "X",
            },
            "PAYOUT_DEBTOR_BIC is",
        ),
        ({"PAYOUT_DEBTOR_ACCOUNT": "DE89370400440532013000"}, "need both"),
        ({"PAYOUT_DEBTOR_NAME": "Shop"}, "need both"),
    ],
)
def test_invalid_debtor_is_refused_at_start(settings: Settings, values: dict[str, Any], sentence: str) -> None:
    for name, value in values.items():
        setattr(settings, name, value)
    with pytest.raises(SystemCheckError, match=sentence):
        call_command("check")
