"""While PostgreSQL does not answer, every request is answered with 503, a sentence and Retry-After, and changes nothing."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest
from django.conf import settings
from django.db import InterfaceError, OperationalError, connection
from django.test import Client

from catalog.models import Product
from shop.models import Order
from tests.factories import make_product, make_user
from tests.shop.conftest import ADDRESS

pytestmark = pytest.mark.django_db
SENTENCE = "Your last action may not have been saved. Please try again in a few seconds."
ORDER = {
    "product": "mug",
    "quantity": 1,
    "email": "shopper@example.com",
    "address": ADDRESS,
    "expected_total_minor": 4000,
}
REQUESTS: list[tuple[str, str, Any]] = [
    ("get", "/", None),
    ("get", "/p/mug/", None),
    ("get", "/accounts/login/", None),
    ("post", "/accounts/login/", {"login": "shopper@example.com", "password": "secret-enough"}),
    ("get", "/admin/", None),
    ("get", "/studio/", None),
    ("get", "/orders/", None),
    ("get", "/api/v1/feed/", None),
    ("get", "/api/v1/products/", None),
    ("post", "/api/v1/bag/", {"product": "mug", "quantity": 1}),
    ("post", "/api/v1/checkout/", ORDER),
]


@contextmanager
def database_away(error: Exception, *, after: int = 0) -> Iterator[None]:
    """Let every statement fail but the first ones, as if the connection was lost then."""
    seen = 0

    def fail(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        nonlocal seen
        seen += 1
        if seen > after:
            raise error
        return execute(sql, params, many, context)

    with connection.execute_wrapper(fail):
        yield


@pytest.fixture
def shop_client() -> Client:
    make_product("mug", price_minor=4000, stock=9)
    client = Client(raise_request_exception=False)
    client.force_login(make_user("shopper@example.com"))
    return client


@pytest.mark.parametrize("error", [OperationalError("the database system is shutting down"), InterfaceError("closed")])
def test_every_kind_of_request_is_answered_with_503(shop_client: Client, error: Exception) -> None:
    for method, path, data in REQUESTS:
        kind = {"content_type": "application/json"} if path.startswith("/api/") and data else {}
        with database_away(error):
            answer = getattr(shop_client, method)(path, data, **kind)
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5"), path
        assert answer.headers["Cache-Control"] == "no-store"
        if path.startswith("/api/"):
            assert answer.json()["detail"].endswith(SENTENCE)
        else:
            assert SENTENCE in answer.content.decode()
    assert (Order.objects.count(), Product.objects.get().stock) == (0, 9)


@pytest.mark.django_db(transaction=True)
def test_order_is_whole_or_not_there_whenever_the_connection_is_lost(shop_client: Client) -> None:
    """Lose it after one statement more each time. The same request, sent again and again, makes one order."""
    for after in range(1, 200):
        with database_away(OperationalError("server closed the connection"), after=after):
            answer = shop_client.post(
                "/api/v1/checkout/",
                ORDER,
                content_type="application/json",
                headers={"Idempotency-Key": "key-0001"},
            )
        assert (Order.objects.count(), Product.objects.get().stock) in ((0, 9), (1, 8)), after
        if answer.status_code != 503:
            break
    assert (answer.status_code, Order.objects.count()) == (200, 1), (after, answer.content)
    assert after > 20


def test_failures_of_our_own_are_still_500(shop_client: Client) -> None:
    with database_away(ZeroDivisionError()):
        answer = shop_client.get("/p/mug/")
    assert answer.status_code == 500
    assert "Something went wrong on our side" in answer.content.decode()


def test_page_is_shown_in_the_languages_of_people(shop_client: Client) -> None:
    shop_client.cookies[settings.LANGUAGE_COOKIE_NAME] = "ar"
    with database_away(OperationalError("away")):
        page = shop_client.get("/orders/").content.decode()
    assert '<html lang="ar" dir="rtl">' in page
    assert SENTENCE not in page


def test_waits_for_the_database_are_bounded() -> None:
    options = settings.DATABASES["default"]["OPTIONS"]
    with ExitStack() as stack:
        raw = stack.enter_context(connection.cursor()).connection.info.get_parameters()
    assert (options["connect_timeout"], raw["connect_timeout"], raw["tcp_user_timeout"]) == (5, "5", "20000")
