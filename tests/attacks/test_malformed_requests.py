"""Malformed requests are answered with a 4xx in the format of their address: JSON under /api/, a page elsewhere."""

from base64 import b64encode
from urllib.parse import quote

import pytest
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from creators.models import Creator
from tests.conftest import client_of
from tests.factories import make_user

pytestmark = pytest.mark.django_db
LISTS = ("clips", "products", "orders", "campaigns")
POSITIONS = (
    *("", "x", "None", "2020-01-01", "2020-13-01 00:00:00+00:00", "2020-02-30 00:00:00+00:00", "a\0b", "9" * 5000),
    *("0000-01-01 00:00:00+00:00", "10000-01-01 00:00:00+00:00", "²", "2020-01-01 00:00:00"),
)


def is_sentence(answer: object) -> bool:
    return isinstance(answer, dict) and isinstance(answer.get("detail"), str) and bool(answer["detail"])


@pytest.mark.parametrize("name", LISTS)
def test_cursor_without_a_time_is_refused(name: str, creator: Creator) -> None:
    for position in POSITIONS:
        cursor = b64encode(f"p={quote(position)}".encode()).decode()
        answer = client_of(creator.user).get(f"/api/v1/{name}/", {"cursor": cursor})
        assert answer.status_code == 404, position
        assert is_sentence(answer.json())


@pytest.mark.parametrize("name", LISTS)
def test_cursor_that_is_none_is_refused(name: str, creator: Creator) -> None:
    for cursor in ("x", "ä", "a\0b", "====", b64encode(b"\xff\xfe").decode(), b64encode(b"o=x").decode()):
        answer = client_of(creator.user).get(f"/api/v1/{name}/", {"cursor": cursor})
        assert answer.status_code in (200, 404), cursor
        assert answer["Content-Type"] == "application/json"


@pytest.mark.parametrize(
    "query", ["placed_at__year=0", "placed_at__year=99999", "placed_at__year__in=1,0", "placed_at__iso_year=-1"]
)
def test_year_that_no_calendar_has_is_refused_in_admin(query: str, admin_client: Client) -> None:
    answer = admin_client.get(f"/admin/shop/order/?{query}")
    assert answer.status_code == 400
    assert "This year is in no calendar." in answer.content.decode()


def test_year_that_a_calendar_has_filters(admin_client: Client) -> None:
    assert admin_client.get("/admin/shop/order/?placed_at__year=2026&placed_at__month=11").status_code == 200


def test_form_of_too_many_rows_is_refused_in_admin(admin_client: Client) -> None:
    answer = admin_client.post(
        "/admin/catalog/product/add/", {"images-TOTAL_FORMS": "1000", "images-INITIAL_FORMS": "0"}
    )
    assert answer.status_code == 400
    assert "more than 100 rows" in answer.content.decode()


@pytest.mark.parametrize("key", ["x", "%00", "²", "9" * 20, "9" * 5000, "-1", "1e5", "a/b"])
def test_admin_ids_that_are_none_are_no_error(key: str, admin_client: Client) -> None:
    for model in ("shop/order", "catalog/product", "videos/clip", "accounts/user"):
        for page in ("change", "history", "delete"):
            answer = admin_client.get(f"/admin/{model}/{key}/{page}/")
            assert answer.status_code in (302, 403, 404), (model, page)


@pytest.fixture
def admin_client(db: None) -> Client:
    return client_of(make_user("root@example.com", is_staff=True, is_superuser=True))


@pytest.mark.parametrize(
    ("method", "address", "body", "kind", "status"),
    [
        ("get", "/no-such-page/", b"", "", 404),
        ("post", "/studio/upload/", b"--x", "multipart/form-data", 400),
        ("post", "/studio/upload/", b"a=&" * 1001, "application/x-www-form-urlencoded", 413),
        ("post", "/studio/upload/", b"a=" + b"x" * 1_000_001, "application/x-www-form-urlencoded", 413),
        ("get", "/search/?q=" + "x" * 8_000, b"", "", 414),
        ("get", "/@" + "x" * 8_000 + "/", b"", "", 414),
    ],
)
def test_both_formats(method: str, address: str, body: bytes, kind: str, status: int, creator: Creator) -> None:
    client = client_of(creator.user)
    page = client.generic(method.upper(), address, body, content_type=kind)
    assert page.status_code == status
    assert "<h1>" in page.content.decode()
    if address.startswith("/studio/upload/"):
        address = "/clips/abcdefghij/file/"
        method = "put"
    answer = client.generic(method.upper(), f"/api/v1{address}", body, content_type=kind)
    assert 400 <= answer.status_code < 500
    assert is_sentence(answer.json()), answer.content


def test_foreign_host_is_refused_in_both_formats(client: Client) -> None:
    assert client.get("/", headers={"Host": "evil"}).status_code == 400
    answer = client.get("/api/v1/products/", headers={"Host": "evil"})
    assert (answer.status_code, is_sentence(answer.json())) == (400, True)


def test_server_errors_have_both_formats(client: Client, settings: Settings) -> None:
    settings.ROOT_URLCONF = "tests.attacks.failing_urls"
    client.raise_request_exception = False
    assert "<h1>" in client.get("/fail/").content.decode()
    answer = client.get("/api/fail/")
    assert (answer.status_code, is_sentence(answer.json())) == (500, True)


@pytest.mark.parametrize("sent", ['"a\\ud800"', '"a\\u0000"', "1" * 5000, "NaN", "-Infinity"])
def test_values_that_json_allows_and_no_column_takes(sent: str, shopper: User) -> None:
    client = client_of(shopper)
    for name, address in (("product", "quote"), ("product", "bag"), ("reason", "feed/less"), ("caption", "wording")):
        answer = client.post(f"/api/v1/{address}/", f'{{"{name}": {sent}}}', "application/json")
        assert answer.status_code == 400, (address, answer.content)
        assert answer["Content-Type"] == "application/json"
