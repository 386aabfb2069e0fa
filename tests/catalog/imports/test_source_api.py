"""Programs of the shop set the address of a source, have it fetched, and read what came of it."""

import pytest
from django.test import Client

from accounts.models import User
from catalog.models import CatalogueSource, FetchOutcome, SourceFetch
from tests.catalog.imports.runs import make_source
from tests.catalog.imports.scheduled import ADDRESS
from tests.conftest import client_of
from tests.factories import NOW

pytestmark = pytest.mark.django_db
SOURCES = "/api/v1/sources/"


@pytest.fixture
def as_merchant(merchant: User) -> Client:
    return client_of(merchant)


def change(client: Client, source: CatalogueSource, **values: object) -> tuple[int, dict[str, object]]:
    response = client.patch(f"{SOURCES}{source.pk}/", values, content_type="application/json")
    return response.status_code, response.json()


def test_an_address_is_set_and_its_password_never_given(as_merchant: Client) -> None:
    source = make_source()
    status, body = change(as_merchant, source, address=ADDRESS, user_name="me", password="hunter2", interval="hourly")
    assert status == 200
    source.refresh_from_db()
    assert (source.password, source.next_fetch_at is not None) == ("hunter2", True)
    answers = [body, as_merchant.get(f"{SOURCES}{source.pk}/").json(), *as_merchant.get(SOURCES).json()["results"]]
    for answer in answers:
        assert answer | {"next_fetch_at": None} == {
            "id": source.pk,
            "name": "Warehouse",
            "address": ADDRESS,
            "user_name": "me",
            "interval": "hourly",
            "daily_hour": 3,
            "next_fetch_at": None,
            "failures": 0,
        }
    assert change(as_merchant, source, interval="daily")[0] == 200
    source.refresh_from_db()
    assert (source.password, source.interval) == ("hunter2", "daily")


def test_settings_that_can_t_be_are_refused(as_merchant: Client) -> None:
    source = make_source(address=ADDRESS, user_name="me", password="hunter2")
    for values, field in (
        ({"address": "http://shop.example/"}, "address"),
        ({"address": "https://other.example/"}, "address"),
        ({"address": "", "user_name": "", "interval": "hourly"}, "interval"),
        ({"interval": "weekly"}, "interval"),
        ({"daily_hour": 24}, "daily_hour"),
    ):
        status, body = change(as_merchant, source, **values)
        assert (status, list(body)) == (400, [field])
    source.refresh_from_db()
    assert (source.address, source.password, source.interval) == (ADDRESS, "hunter2", "")


def test_a_source_is_fetched_on_request_and_its_fetches_are_listed(as_merchant: Client) -> None:
    source = make_source()
    url = f"{SOURCES}{source.pk}/fetches/"
    answer = as_merchant.post(url)
    assert (answer.status_code, answer.json()["detail"]) == (409, "This source has no address. Enter one first.")
    CatalogueSource.objects.update(address=ADDRESS)
    assert as_merchant.post(url).status_code == 202
    assert CatalogueSource.objects.get().next_fetch_at is not None
    values = {"failure": "sign_in", "values": {"status": 401}, "outcome": FetchOutcome.FAILED}
    SourceFetch.objects.create(source=source, fetched_at=NOW, **values)
    assert as_merchant.get(url).json()["results"] == [
        {
            "fetched_at": "2026-11-02T12:00:00Z",
            "outcome": "failed",
            "sentence": "The server asks for a sign-in (401). Check the user name and the password.",
            "size_bytes": 0,
            "run": None,
        }
    ]


def test_others_may_neither_read_nor_fetch(as_moderator: Client, as_shopper: Client) -> None:
    source = make_source(address=ADDRESS)
    for client in (as_moderator, as_shopper, Client()):
        for url in (SOURCES, f"{SOURCES}{source.pk}/", f"{SOURCES}{source.pk}/fetches/"):
            assert client.get(url).status_code == 403
        assert client.post(f"{SOURCES}{source.pk}/fetches/").status_code == 403
        assert change(client, source, interval="hourly")[0] == 403
    assert CatalogueSource.objects.get().interval == ""
