"""Limits count the client behind the trusted proxies, and trust nobody else's headers."""

from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from feedsite.client_address import parse_address
from feedsite.limits import ClientThrottle
from tests.factories import make_user

pytestmark = pytest.mark.django_db

BOT, SHOPPER = "203.0.113.7", "198.51.100.20"
INNER = "10.0.0.5"
"""The address of our own TLS proxy, as nginx sees it."""


@pytest.fixture(autouse=True)
def empty_cache() -> None:
    cache.clear()


def trust(settings: Any, proxies: int) -> None:
    settings.REST_FRAMEWORK = settings.REST_FRAMEWORK | {"NUM_PROXIES": proxies}


def forwarded(address: str, *, proxies: int, claims: str = "") -> dict[str, str]:
    """Return what the web process gets from a client at `address` that sends `claims` as its own header."""
    hops = [*([claims] if claims else []), address, *([INNER] if proxies == 2 else [])]
    return {"HTTP_X_FORWARDED_FOR": ", ".join(hops), "REMOTE_ADDR": "127.0.0.1"}


def guess(client: Client, **headers: str) -> int:
    return client.post(
        "/accounts/login/", {"login": "a@example.com", "password": "guessed wrong"}, **headers
    ).status_code  # type: ignore[arg-type]


@pytest.mark.parametrize("proxies", [1, 2])
def test_a_bot_locks_out_itself_alone(client: Client, settings: Any, proxies: int) -> None:
    trust(settings, proxies)
    user = make_user("shopper@example.com")
    answers = [
        guess(client, **forwarded(BOT, proxies=proxies, claims=f"192.0.2.{number}, 10.9.9.{number}"))
        for number in range(40)
    ]
    assert answers[-1] == 429
    form = {"login": user.email, "password": "correct horse battery"}
    response = client.post("/accounts/login/", form, **forwarded(SHOPPER, proxies=proxies))  # type: ignore[arg-type]
    assert response.status_code == 302


def test_without_proxies_nobody_chooses_an_address(client: Client, settings: Any) -> None:
    trust(settings, 0)
    answers = [guess(client, HTTP_X_FORWARDED_FOR=f"192.0.2.{number}", REMOTE_ADDR=BOT) for number in range(40)]
    assert answers[-1] == 429
    assert guess(client, HTTP_X_FORWARDED_FOR=BOT, REMOTE_ADDR=SHOPPER) == 200


def test_guests_share_no_limit_behind_proxies(client: Client, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    trust(settings, 2)
    monkeypatch.setattr(ClientThrottle, "THROTTLE_RATES", {"events": "3/min"})

    def send(address: str, claims: str = "") -> int:
        headers: Any = forwarded(address, proxies=2, claims=claims)
        return client.post("/api/v1/events/", {"events": []}, "application/json", **headers).status_code

    assert [send(BOT, claims=f"192.0.2.{number}") for number in range(4)] == [202, 202, 202, 429]
    assert send(SHOPPER) == 202
    assert [send(f"2001:db8:1:1::{number}") for number in range(4)] == [202, 202, 202, 429]
    assert (send("2001:db8:1:2::1"), send("::ffff:198.51.100.21")) == (202, 202)


@pytest.mark.parametrize(("proxies", "status"), [(0, 301), (1, 200)])
def test_scheme_is_taken_from_a_trusted_proxy_alone(client: Client, settings: Any, proxies: int, status: int) -> None:
    trust(settings, proxies)
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    headers: Any = {"HTTP_X_FORWARDED_PROTO": "https", "HTTP_X_FORWARDED_FOR": SHOPPER}
    assert client.get("/accounts/login/", **headers).status_code == status


@pytest.mark.parametrize("claims", ["", SHOPPER, "nonsense", "' OR 1=1", f"{SHOPPER}, unknown", "," * 5000, "\x00"])
def test_a_header_that_no_proxy_wrote_changes_nothing(client: Client, settings: Any, claims: str) -> None:
    trust(settings, 2)
    assert guess(client, HTTP_X_FORWARDED_FOR=claims, REMOTE_ADDR=INNER) == 200


@pytest.mark.parametrize(
    ("text", "address"),
    [
        (" 203.0.113.7 ", "203.0.113.7"),
        ("203.0.113.7:5010", "203.0.113.7"),
        ("[2001:db8::1]:5010", "2001:db8::1"),
        ("2001:DB8::1", "2001:db8::1"),
        ("unknown", ""),
        ("203.0.113.700", ""),
        ("_hidden:80", ""),
    ],
)
def test_addresses_are_read_without_their_port(text: str, address: str) -> None:
    assert parse_address(text) == address
