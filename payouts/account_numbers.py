"""Validation of bank accounts. Pure: no Django; `AccountInvalid.code` says what is wrong, the form says it in words.

Sources: ISO 13616 (IBAN) and ISO 9362 (BIC), as `schwifty` has them; ABA routing numbers, as `python-stdnum` has them;
ISO 20022 external code set ExternalClearingSystemIdentification1Code.
"""

import re
import unicodedata
from dataclasses import dataclass

from schwifty import BIC, IBAN
from schwifty.exceptions import SchwiftyException
from schwifty.registry import get_iban_spec
from stdnum.us import rtn

from accounts.pasted_text import without_invisible

STRIPE_ACCOUNT = re.compile(r"acct_[A-Za-z0-9]{8,40}")
LOOKS_LIKE_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{6,}")
SEPARATORS = re.compile(r"[\s.\u2010-\u2015\u2212-]")
LABEL = re.compile(r"^IBAN:?(?=[A-Za-z]{2}[0-9]{2})", re.IGNORECASE)
PLAIN_NUMBER = re.compile(r"[A-Z0-9]{4,34}")
CLEARING_CODES: dict[str, tuple[str, str]] = {
    "AU": ("AUBSB", r"\d{6}"),
    "CA": ("CACPA", r"\d{9}"),
    "GB": ("GBDSC", r"\d{6}"),
    "HK": ("HKNCC", r"\d{3}"),
    "IN": ("INFSC", r"[A-Z]{4}0[A-Z0-9]{6}"),
    "JP": ("JPZGN", r"\d{7}"),
    "NZ": ("NZNCC", r"\d{6}"),
    "SG": ("SGIBG", r"\d{4}|\d{7}"),
    "US": ("USABA", r"\d{9}"),
    "ZA": ("ZANCC", r"\d{6}"),
}
"""Maps countries to the ISO 20022 name of their bank codes and the form that these have."""


class AccountInvalid(Exception):
    """Details that are no bank account. `field` is "number", "bank_code" or "country_code"."""

    def __init__(self, field: str, code: str, **values: str) -> None:
        super().__init__(code)
        self.field, self.code, self.values = field, code, values


@dataclass(frozen=True)
class BankAccount:
    """A valid account, in the form in which banks exchange it. `bank_code` is empty for an IBAN without a BIC."""

    number: str
    bank_code: str
    country_code: str
    is_iban: bool


def is_iban(number: str) -> bool:
    return IBAN(number, allow_invalid=True).is_valid


def is_bic(code: str) -> bool:
    return BIC(code, allow_invalid=True).is_valid


def find_bank_name(number: str, bank_code: str) -> str:
    """Return the name of the bank, or "" if it is not in the registry."""
    if is_iban(number):
        return IBAN(number).bank_name or ""
    return next(iter(BIC(bank_code).bank_names), "") if is_bic(bank_code) else ""


def clearing_system_of(bank_code: str, country_code: str) -> str:
    """Return the ISO 20022 name of a national bank code, or "" if the country has none or the code is another."""
    name, form = CLEARING_CODES.get(country_code, ("", ""))
    return name if name and re.fullmatch(form, bank_code) else ""


def parse_account(*, number: str, bank_code: str, country_code: str, uses_stripe: bool) -> BankAccount:
    """Return the account that was typed. Spaces and hyphens do not matter. Raises AccountInvalid."""
    typed = _read_code(number)
    if uses_stripe:
        if not STRIPE_ACCOUNT.fullmatch(typed):
            raise AccountInvalid("number", "not_stripe")
        return BankAccount(typed, "", country_code, is_iban=False)
    if STRIPE_ACCOUNT.fullmatch(typed):
        raise AccountInvalid("number", "stripe_unused")
    typed = typed.upper()
    code = _read_code(bank_code).upper()
    if LOOKS_LIKE_IBAN.fullmatch(typed):
        return _parse_iban(typed, code, country_code)
    if not PLAIN_NUMBER.fullmatch(typed) or not any(letter.isdigit() for letter in typed):
        raise AccountInvalid("number", "wrong_form")
    return _parse_plain(typed, code, country_code)


def _read_code(text: str) -> str:
    """Return a number or code in ASCII, without what separates its groups, and without the word IBAN in front."""
    plain = unicodedata.normalize("NFKC", without_invisible(text))
    plain = "".join(str(unicodedata.digit(letter)) if letter.isdecimal() else letter for letter in plain)
    return LABEL.sub("", SEPARATORS.sub("", plain))


def parse_debtor(text: str, bic: str) -> BankAccount:
    """Return the shop's own account from settings: an IBAN, or `bank code/account number`. Raises AccountInvalid."""
    code, slash, number = text.partition("/")
    if not slash:
        return parse_account(number=text, bank_code=bic, country_code="", uses_stripe=False)
    return parse_account(number=number, bank_code=code, country_code="", uses_stripe=False)


def _parse_iban(number: str, code: str, country_code: str) -> BankAccount:
    try:
        iban = IBAN(number)
    except SchwiftyException as error:
        raise AccountInvalid("number", "iban_invalid") from error
    if code and not is_bic(code):
        raise AccountInvalid("bank_code", "bic_invalid")
    return BankAccount(str(iban), code, country_code or iban.country_code, is_iban=True)


def _parse_plain(number: str, code: str, country_code: str) -> BankAccount:
    is_abroad = rtn.is_valid(code) or (is_bic(code) and BIC(code).country_code != country_code)
    if country_code == "GB" and code and not is_abroad and not is_bic(code):
        _check_british(number, code)
    if _uses_ibans(country_code) and not clearing_system_of(code, country_code) and not is_abroad:
        raise AccountInvalid("number", "iban_needed")
    if not code:
        raise AccountInvalid("bank_code", "bank_code_needed")
    if is_bic(code) and not clearing_system_of(code, country_code):
        return BankAccount(number, code, country_code or BIC(code).country_code, is_iban=False)
    is_national = bool(clearing_system_of(code, country_code))
    country = country_code if is_national or not rtn.is_valid(code) else "US"
    if not country:
        raise AccountInvalid("country_code", "country_needed")
    if not clearing_system_of(code, country) or (country == "US" and not rtn.is_valid(code)):
        raise AccountInvalid("bank_code", "routing_invalid" if country == "US" else "bank_code_invalid")
    if country == "US" and not re.fullmatch(r"\d{4,17}", number):
        raise AccountInvalid("number", "us_number")
    return BankAccount(number, code, country_code or country, is_iban=False)


def _check_british(number: str, code: str) -> None:
    if not clearing_system_of(code, "GB"):
        raise AccountInvalid("bank_code", "gb_sort_code")
    if not re.fullmatch(r"\d{8}", number):
        raise AccountInvalid("number", "gb_number")


def _uses_ibans(country_code: str) -> bool:
    try:
        get_iban_spec(country_code)
    except SchwiftyException:
        return False
    return True
