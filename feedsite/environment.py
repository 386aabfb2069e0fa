"""How environment variables are read: an empty one counts as unset, and a wrong one is refused with a sentence."""

import re
from collections.abc import Callable, Iterable
from email.utils import formataddr
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import available_timezones

import dj_database_url
import dj_email_url
from babel import Locale
from environs import EnvError, FileAwareEnv, ValidationError, validate

from catalog.currencies import currencies_in_use

MAIL_SCHEMES = {"smtp+tls": "submission", "smtp+ssl": "smtp", "smtps": "smtp"}
"""Schemes of EMAIL_URL that dj-email-url calls otherwise. The last two encrypt from the first byte."""
NOT_COUNTRIES = {"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"}
"""Codes of two letters in CLDR that no address has."""
MAIL_TIMEOUT_S = 10
"""How long a mail server may take for each answer."""


class Environment(FileAwareEnv):
    """Reads `NAME`, or the file that `NAME_FILE` names. Raises EnvError with a sentence that names the variable."""

    def _get_value(self, env_key: str, default: Any) -> Any:
        try:
            value = super()._get_value(env_key, default)
        except ValueError as error:
            raise EnvError(str(error)) from error
        return default if value == "" else value


def at_least(minimum: int) -> Callable[[int], int]:
    return validate.Range(min=minimum, error="It must be {min} or more.")


def between(minimum: int, maximum: int) -> Callable[[int], int]:
    return validate.Range(min=minimum, max=maximum, error="It must be from {min} to {max}.")


def one_of(*choices: str) -> Callable[[str], str]:
    return validate.OneOf(choices, error="It must be one of: {choices}.")


def parse_site_url(address: str) -> str:
    """Return a public address in lower case and without a slash at the end. Raises ValidationError."""
    parts = urlsplit(address.strip().rstrip("/").lower())
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path or parts.query or parts.fragment:
        raise ValidationError("Write it like https://shop.example.org, without a path.")
    return parts.geturl()


def parse_web_address(address: str) -> str:
    """Return an optional address that begins with https:// or http://. Raises ValidationError."""
    parts = urlsplit(address)
    if address and (parts.scheme not in ("http", "https") or not parts.hostname):
        raise ValidationError("It must begin with https:// or http://.")
    return address


def parse_redis_url(address: str) -> str:
    """Return the address of Valkey or Redis. Raises ValidationError."""
    if urlsplit(address).scheme not in ("redis", "rediss", "unix"):
        raise ValidationError("Write it like redis://host:6379/0.")
    return address


def parse_database(address: str) -> dict[str, Any]:
    """Return an item of Django's DATABASES for the address of a PostgreSQL database. Raises ValidationError."""
    if urlsplit(address).scheme not in ("postgresql", "postgres"):
        raise ValidationError("Write it like postgresql://user:password@host:5432/name.")
    return dict(dj_database_url.parse(address))


def parse_sentry_dsn(dsn: str) -> str:
    """Return an optional address that receives error reports. Raises ValidationError."""
    if not dsn:
        return ""
    from sentry_sdk.utils import BadDsn, Dsn  # takes a while, and few sites need it

    try:
        return str(Dsn(dsn))
    except BadDsn as error:
        raise ValidationError("Write it like https://key@sentry.example.org/1, as Sentry shows it.") from error


def parse_secret_key(key: str) -> str:
    """Return a key that nobody guesses, or "" if there is none, which Django refuses. Raises ValidationError."""
    if key and (len(key) < 32 or len(set(key)) < 5):
        raise ValidationError("It needs at least 32 random characters: openssl rand -hex 32")
    return key


def parse_push_key(key: str) -> str:
    """Return an optional private key for web push. Raises ValidationError."""
    if key and not re.fullmatch(r"[A-Za-z0-9_-]{43}", key):
        raise ValidationError("Use what `manage.py make_push_key` prints.")
    return key


def parse_location(prefix: str) -> str:
    """Return an optional URL prefix between slashes. Raises ValidationError."""
    if prefix and not (prefix.startswith("/") and prefix.endswith("/")):
        raise ValidationError("It must begin and end with a slash, like /protected-media/.")
    return prefix


def parse_currency(code: str) -> str:
    """Return the code of a currency, in capitals. Raises ValidationError."""
    if code.upper() not in currencies_in_use():
        raise ValidationError("Use a code of ISO 4217, such as USD.")
    return code.upper()


def parse_country(code: str) -> str:
    """Return an optional country code, in capitals. Raises ValidationError."""
    if code and (len(code) != 2 or code.upper() not in Locale("en").territories.keys() - NOT_COUNTRIES):
        raise ValidationError("Use a code of ISO 3166, such as DE.")
    return code.upper()


def parse_countries(text: str) -> list[str]:
    """Return the codes in a list such as `AE,SA`. Raises ValidationError."""
    return [parse_country(code.strip()) for code in text.split(",") if code.strip()]


def parse_time_zone(name: str) -> str:
    """Return the name of a time zone. Raises ValidationError."""
    if name not in available_timezones():
        raise ValidationError("Use a name of the time zone database, such as Europe/Berlin.")
    return name


def parse_rates(text: str) -> dict[str, int]:
    """Return tax rates in basis points by country: `DE=1900,US=0`. Raises ValidationError."""
    territories = Locale("en").territories.keys() - NOT_COUNTRIES
    rates = {}
    for item in filter(None, (part.strip() for part in text.split(","))):
        code, _equals, rate = (part.strip() for part in item.partition("="))
        if not re.fullmatch("[A-Z]{2}", code) or code not in territories:
            raise ValidationError(f"“{item}” does not begin with a country code of ISO 3166, such as DE=1900.")
        if not rate.isdecimal() or int(rate) > 10_000:
            raise ValidationError(f"“{item}” needs a rate in basis points, from 0 to 10000: 1900 is 19 %.")
        rates[code] = int(rate)
    return rates


def parse_shipping(text: str) -> dict[str, tuple[int, int]]:
    """Return shipping fees by currency, each with the value of goods from which shipping is free, in minor units.

    They are written like `EUR=450/3000,JPY=500/4000`. Raises ValidationError.
    """
    fees = {}
    for item in filter(None, (part.strip() for part in text.split(","))):
        match = re.fullmatch(r"([A-Za-z]{3})\s*=\s*([0-9]{1,12})\s*/\s*([0-9]{1,12})", item)
        if match is None:
            raise ValidationError(f"Write “{item}” like EUR=450/3000: the fee, and from which value shipping is free.")
        fees[parse_currency(match[1])] = (int(match[2]), int(match[3]))
    return fees


def parse_mailer(address: str) -> dict[str, Any]:
    """Return an item of Django's MAILERS for an address like `smtp+tls://user:password@host:587`.

    Raises ValidationError.
    """
    scheme, _colon, rest = address.partition(":")
    try:
        server = dj_email_url.parse(f"{MAIL_SCHEMES.get(scheme, scheme)}:{rest}")
    except ValueError as error:
        raise ValidationError(f"{error}. Write special characters of a password as %XX.") from error
    backend = server.get("EMAIL_BACKEND")
    if backend is None:
        raise ValidationError("It must begin with smtp+tls://, smtp+ssl://, smtp://, file:/// or console:.")
    options: dict[str, Any] = {}
    if backend.endswith("smtp.EmailBackend"):
        if not urlsplit(address).hostname:
            raise ValidationError("It names no host. Write it like smtp+tls://user:password@mail.example.org:587.")
        is_encrypted = scheme in ("smtp+ssl", "smtps") or server["EMAIL_USE_SSL"]
        port = urlsplit(address).port or (465 if is_encrypted else server["EMAIL_PORT"])
        options = {
            "host": server["EMAIL_HOST"],
            "port": port,
            "username": server["EMAIL_HOST_USER"],
            "password": server["EMAIL_HOST_PASSWORD"],
            "use_tls": server["EMAIL_USE_TLS"] and not is_encrypted,
            "use_ssl": is_encrypted,
            "timeout": server["EMAIL_TIMEOUT"] or MAIL_TIMEOUT_S,
        }
    elif backend.endswith("filebased.EmailBackend"):
        options = {"file_path": "/" + server["EMAIL_FILE_PATH"].lstrip("/")}
    return {"BACKEND": backend, "OPTIONS": options}


def default_sender(site_name: str, site_url: str) -> str:
    """Return the sender of emails of a shop that names none: an address of its own domain."""
    host = urlsplit(site_url).hostname or ""
    has_domain = "." in host and not host.rpartition(".")[2].isdecimal()
    return formataddr((site_name, f"shop@{host if has_domain else 'localhost'}"))


def describe(errors: Iterable[Any]) -> str:
    """Return the messages of failed system checks, one a line."""
    return "\n".join(f"- {error.msg}" + (f" {error.hint}" if error.hint else "") for error in errors)


env = Environment(strip_whitespace=True)
env.add_parser("site_url", parse_site_url)
env.add_parser("web_address", parse_web_address)
env.add_parser("redis_url", parse_redis_url)
env.add_parser("database", parse_database)
env.add_parser("sentry_dsn", parse_sentry_dsn)
env.add_parser("secret_key", parse_secret_key)
env.add_parser("push_key", parse_push_key)
env.add_parser("location", parse_location)
env.add_parser("currency", parse_currency)
env.add_parser("country", parse_country)
env.add_parser("countries", parse_countries)
env.add_parser("time_zone", parse_time_zone)
env.add_parser("rates", parse_rates)
env.add_parser("shipping", parse_shipping)
env.add_parser("mailer", parse_mailer)
