"""Every variable of the README works when it is unset or empty, and is refused with a sentence when it is wrong."""

import os
import re
import runpy
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.checks import run_checks
from environs import EnvError, ValidationError
from pytest_django import Settings

from feedsite.environment import default_sender, parse_mailer
from tests.feedsite.test_readme import variables_documented

ROOT = Path(__file__).resolve().parent.parent.parent
WRONG: dict[str, tuple[str, ...]] = {
    "DEMO": ("yess",),
    "DEBUG": ("maybe",),
    "SITE_URL": ("shop.example.org", "ftp://shop.example.org", "https://", "https://shop.example.org/shop"),
    "NUM_PROXIES": ("-1", "two"),
    "SECRET_KEY": ("short", "x" * 50),
    "DATABASE_URL": ("postgre://user@host/name", "shop", "mysql://user@host/name", "sqlite:///shop.db"),
    "SENTRY_DSN": ("xyz", "https://sentry.example.org/1"),
    "OTEL_EXPORTER_OTLP_ENDPOINT": ("nonsense", "collector:4318"),
    "DATABASE_POOL_SIZE": ("-1", "many"),
    "REDIS_URL": ("localhost:6379", "http://valkey"),
    "MEDIA_ACCEL_PREFIX": ("media", "/media"),
    "EMAIL_URL": ("mail.example.org", "smtp+tls://", "smpt://mail.example.org", "smtp://mail.example.org:port"),
    "ACCOUNT_EMAIL_VERIFICATION": ("required",),
    "CURRENCY": ("DOLLAR", "XYZ"),
    "PAYMENT_PROVIDER": ("strip", "Stripe", "paypal"),
    "STRIPE_API_BASE": ("api.stripe.com",),
    "MERCHANT_FEE_BPS": ("-1", "10001"),
    "SHIPPING_FEE_MINOR": ("-1", "4.99"),
    "SHIPPING_FREE_FROM_MINOR": ("-1", "free"),
    "SHIPPING_BY_CURRENCY": ("EUR", "EUR=450", "EUR=4.50/30", "XXX=450/3000", "EUR=-1/3000", "EUR=450/3000;JPY=1/2"),
    "PRICES_INCLUDE_TAX": ("gross",),
    "PHONE_COUNTRIES": ("Germany", "AE,ZZ", "AE;SA"),
    "SHOP_COUNTRY": ("Germany", "ZZ", "EU"),
    "TAX_RATES_BPS": ("DE", "DE=19%", "Germany=1900", "DE=19000", "ZZ=0"),
    "ATTRIBUTION_DAYS": ("-1", "week"),
    "CANCEL_MINUTES": ("-1", "1h"),
    "INVOICE_NUMBERS": ("monthly",),
    "COMMENTS_TRUSTED_AFTER": ("-1", "few"),
    "WEB_PUSH_KEY": ("short", "x" * 44, "+" * 43),
    "RATING_REQUEST_DAYS": ("-1", "366", "two weeks"),
    "RETURN_DAYS": ("-1", "two weeks"),
    "RECORD_PARCELS": ("sometimes",),
    "SAMPLE_DAYS": ("0", "a month"),
    "DELIVERED_AFTER_DAYS": ("-1", "two weeks"),
    "PICKUP_DAYS": ("0", "two weeks"),
    "UNSENT_PAYABLE_DAYS": ("-1", "two months"),
    "PAYOUT_PROVIDER": ("CSV file", "wise"),
    "PAYOUT_MINIMUM_MINOR": ("0", "-5", "$10"),
    "PAYOUT_APPROVAL_ABOVE_MINOR": ("-1", "1,000"),
    "PAYOUT_UNSEEN_MINUTES": ("0", "1h"),
    "PAYOUT_ACCOUNT_DELAY_DAYS": ("-1", "a week"),
    "COMMISSION_APPROVAL_ABOVE_PERCENT": ("-1", "101"),
    "REFUND_APPROVAL_ABOVE_MINOR": ("-1", "$500"),
    "STAFF_REQUIRE_MFA": ("always",),
    "RESERVATION_MINUTES": ("0", "-15", "long"),
    "S3_ENDPOINT_URL": ("s3.example.org",),
    "UPLOAD_MAX_BYTES": ("0", "500MB"),
    "UPLOAD_LIMITS": ("max_fps=fast",),
    "REVIEW_DUE_HOURS": ("0", "two"),
    "TRUST_AFTER_APPROVALS": ("-1", "never"),
    "TRUST_SPOT_CHECK_PERCENT": ("-1", "101", "20%"),
    "DRIFT_LIMIT_BPS": ("-1", "20%"),
    "FEED_ASKS_CONSENT": ("ask",),
    "SPONSORED_SPACING": ("1", "51", "few"),
    "FEED_EXPLORATION_MIN": ("-1", "101", "much"),
    "FEED_EXPLORATION_MAX": ("-1", "101", "much"),
    "FEED_KEEP_MONTHS": ("0", "a year"),
    "REPORTS_HIDE_WEIGHT": ("0", "heavy"),
    "TIME_ZONE": ("Berlin", "CET+1"),
    "LOG_LEVEL": ("LOUD",),
    "PAYMENT_WAIT_DAYS": ("-1", "31", "two"),
    "WEB_PORT": ("0", "65536", "http"),
    "UPLOADS_PORT": ("0", "65536", "http"),
    "OPEN_CLIPS_WITHOUT_APPROVALS": ("0", "few"),
}
"""Values that cannot be meant, by variable."""
READ_ELSEWHERE = {"WEB_HOST", "WEB_WORKERS", "MONEY_SEQUENCES", "CHROMIUM"}
"""Variables that settings.py does not read."""


def load_settings(monkeypatch: pytest.MonkeyPatch, **environment: str) -> dict[str, Any]:
    """Return the settings of a process with nothing but these variables."""
    for name in variables_documented():
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    settings = runpy.run_path(str(ROOT / "feedsite" / "settings.py"))
    return {name: value for name, value in settings.items() if name.isupper()}


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in WRONG.items() for value in values])
def test_a_wrong_value_is_refused_with_the_name_of_the_variable(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    with pytest.raises(EnvError, match=name):
        load_settings(monkeypatch, **{name: value})


def test_an_empty_variable_is_the_same_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    unset = load_settings(monkeypatch)
    empty = load_settings(monkeypatch, **dict.fromkeys(variables_documented(), ""))
    different = {name for name in unset if repr(empty[name]) != repr(unset[name]) and " at 0x" not in repr(unset[name])}
    assert different == set()


def test_every_documented_variable_is_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    text = (ROOT / "feedsite" / "settings.py").read_text()
    free_text = {name for name in variables_documented() if re.search(rf'env\.(str|list|path)\(\s*"{name}"', text)}
    assert set(variables_documented()) - free_text - READ_ELSEWHERE <= set(WRONG)


def test_defaults_fit_the_address_of_the_site(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load_settings(monkeypatch, SITE_URL="HTTPS://Shop.Example.org/", SITE_NAME="Café, Inc.", CURRENCY="eur")
    assert (settings["SITE_URL"], settings["HTTPS"], settings["CURRENCY"]) == ("https://shop.example.org", True, "EUR")
    assert settings["DEFAULT_FROM_EMAIL"].endswith("<shop@shop.example.org>")
    assert default_sender("Shop", "http://127.0.0.1:8000") == "Shop <shop@localhost>"
    assert load_settings(monkeypatch, TAX_RATES_BPS="DE=1900, US=0")["TAX_RATES_BPS"] == {"DE": 1900, "US": 0}
    shipping = load_settings(monkeypatch, SHIPPING_BY_CURRENCY="eur=450/3000, JPY = 500/4000")["SHIPPING_BY_CURRENCY"]
    assert shipping == {"EUR": (450, 3000), "JPY": (500, 4000)}


@pytest.mark.parametrize(
    ("address", "options"),
    [
        ("smtp+tls://me:p%40ss@mail.example.org:587", ("mail.example.org", 587, "me", "p@ss", True, False)),
        ("smtp+tls://mail.example.org", ("mail.example.org", 587, None, None, True, False)),
        ("smtp+ssl://mail.example.org", ("mail.example.org", 465, None, None, False, True)),
        ("smtps://mail.example.org:1465", ("mail.example.org", 1465, None, None, False, True)),
        ("smtp://localhost", ("localhost", 25, None, None, False, False)),
    ],
)
def test_addresses_of_mail_servers(address: str, options: tuple[object, ...]) -> None:
    mailer = parse_mailer(address)
    names = ("host", "port", "username", "password", "use_tls", "use_ssl")
    assert tuple(mailer["OPTIONS"][name] for name in names) == options
    assert mailer["OPTIONS"]["timeout"] == 10


def test_other_destinations_of_emails() -> None:
    assert parse_mailer("file:///var/mail")["OPTIONS"] == {"file_path": "/var/mail"}
    assert parse_mailer("console:")["BACKEND"].endswith("console.EmailBackend")
    with pytest.raises(ValidationError):
        parse_mailer("smtp://host:99999999")


def find_errors() -> list[str]:
    return sorted(str(message.id) for message in run_checks() if str(message.id).startswith("feedsite."))


BEHIND_PROXY = {"HTTPS": True, "REST_FRAMEWORK": {"NUM_PROXIES": 1}}


STRIPE = {
    "PAYMENT_PROVIDER": "stripe",
    "STRIPE_SECRET_KEY": "sk_test_1",
    "STRIPE_WEBHOOK_SECRET": "whsec_1",
}
MAIL = {"delivery": {"BACKEND": "django.core.mail.backends.smtp.EmailBackend"}}


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        ({}, []),
        ({"SITE_URL": "https://shop.example.org", "ALLOWED_HOSTS": ["www.example.org"]}, ["feedsite.E001"]),
        ({"SITE_URL": "https://shop.example.org", "ALLOWED_HOSTS": [".example.org"]}, []),
        ({"DEFAULT_FROM_EMAIL": "Inspire"}, ["feedsite.E002"]),
        ({"PAYMENT_PROVIDER": "stripe"}, ["feedsite.E004", "feedsite.E005"]),
        ({"PAYMENT_PROVIDER": "stripe", "STRIPE_SECRET_KEY": "sk"}, ["feedsite.E005"]),
        ({"PAYMENT_PROVIDER": "stripe", "STRIPE_SECRET_KEY": "sk", "STRIPE_WEBHOOK_SECRET": "wh"}, []),
        ({**STRIPE, "STRIPE_WEBHOOK_SECRET": ""}, ["feedsite.E005"]),
        ({**STRIPE, "STRIPE_WEBHOOK_SECRET": "sk_live_1"}, ["feedsite.E013"]),
        ({**STRIPE, "STRIPE_SECRET_KEY": "pk_live_1"}, ["feedsite.E014"]),
        ({**STRIPE, "STRIPE_SECRET_KEY": "sk_live_1", "DEMO": True}, ["feedsite.E010"]),
        ({**STRIPE, "HTTPS": True, "REST_FRAMEWORK": {"NUM_PROXIES": 1}, "MAILERS": MAIL}, ["feedsite.W003"]),
        ({**STRIPE, "CURRENCY": "IRR"}, ["feedsite.E011"]),
        ({**STRIPE, "RESERVATION_MINUTES": 1381}, ["feedsite.E012"]),
        ({**STRIPE, "CURRENCY": "KWD", "RESERVATION_MINUTES": 1380}, []),
        ({"PAYOUT_PROVIDER": "stripe"}, ["feedsite.E004"]),
        ({"S3_ENDPOINT_URL": "https://s3.example.org"}, ["feedsite.E006"]),
        ({"S3_REGION": "eu-1"}, ["feedsite.E006"]),
        ({"S3_REGION": "eu-1", "S3_BUCKET": "shop"}, []),
        ({"HTTPS": True, "MAILERS": {"delivery": {"BACKEND": "x"}}}, ["feedsite.E008"]),
        (
            {**BEHIND_PROXY, "PAYMENT_PROVIDER": "demo", "MAILERS": {"delivery": {"BACKEND": "x"}}},
            ["feedsite.E009"],
        ),
        (
            {**BEHIND_PROXY, "MAILERS": {"delivery": {"BACKEND": "django.core.mail.backends.console.EmailBackend"}}},
            ["feedsite.E007"],
        ),
    ],
)
def test_settings_that_do_not_fit_together(settings: Settings, changes: dict[str, Any], errors: list[str]) -> None:
    settings.DEMO, settings.PAYMENT_PROVIDER = False, "none"
    for name, value in changes.items():
        setattr(settings, name, value)
    assert find_errors() == errors


@pytest.mark.parametrize("role", ["web", "worker", "transcoder", "beat", "migrate", "collectstatic"])
def test_no_process_starts_with_wrong_settings(role: str) -> None:
    wrong = {"PAYMENT_PROVIDER": "stripe", "STRIPE_SECRET_KEY": ""}
    answer = start([sys.executable, "-m", "feedsite.processes", role], **wrong)
    assert answer.returncode == 1 and "Traceback" not in answer.stderr
    assert "PAYMENT_PROVIDER = stripe needs STRIPE_SECRET_KEY." in answer.stderr


@pytest.mark.parametrize(
    ("environment", "sentence"),
    [
        ({"DATABASE_URL": ""}, "DATABASE_URL is not set."),
        ({"REDIS_URL": ""}, "REDIS_URL is not set."),
        ({"DATA_DIR": "/proc/shop"}, "DATA_DIR cannot be written:"),
    ],
)
def test_no_process_starts_on_a_machine_that_lacks_what_it_needs(environment: dict[str, str], sentence: str) -> None:
    answer = start([sys.executable, "-m", "feedsite.processes", "beat"], **environment)
    assert answer.returncode == 1
    assert sentence in answer.stderr and "Traceback" not in answer.stderr


def test_a_second_web_process_on_the_same_port_does_not_start() -> None:
    with socket.create_server(("127.0.0.1", 0), reuse_port=True) as first:
        port = first.getsockname()[1]
        answer = start([sys.executable, "-m", "feedsite.processes", "web"], WEB_PORT=str(port))
    assert answer.returncode == 1
    assert f"WEB_PORT {port} of 127.0.0.1 is not free" in answer.stderr


@pytest.mark.parametrize(
    ("command", "environment", "sentence"),
    [
        (["-m", "feedsite.processes", "beat"], {"WEB_WORKERS": "0"}, '"WEB_WORKERS" invalid'),
        (["-m", "feedsite.processes", "web"], {"CURRENCY": "XYZ"}, "Use a code of ISO 4217, such as USD."),
        (["-m", "feedsite.processes", "web"], {"SECRET_KEY": ""}, "The SECRET_KEY setting must not be empty."),
        (["manage.py", "check"], {"EMAIL_URL": "smpt://host"}, "It must begin with smtp+tls://"),
        (["manage.py", "check"], {"SECRET_KEY": ""}, "The SECRET_KEY setting must not be empty."),
        (["manage.py", "check"], {"DATABASE_URL": "sqlite:///shop.db"}, "Write it like postgresql://"),
        (["manage.py", "check"], {"SITE_URL": "https://shop.example.org", "ALLOWED_HOSTS": "x.org"}, "feedsite.E001"),
    ],
)
def test_the_sentence_is_all_that_is_printed(command: list[str], environment: dict[str, str], sentence: str) -> None:
    answer = start([sys.executable, *command], **environment)
    assert answer.returncode == 1
    assert sentence in answer.stderr and "Traceback" not in answer.stderr


def start(command: list[str], **environment: str) -> subprocess.CompletedProcess[str]:
    inherited = os.environ | {"DEMO": "false"}
    return subprocess.run(
        command, cwd=ROOT, env=inherited | environment, capture_output=True, text=True, check=False, timeout=120
    )
