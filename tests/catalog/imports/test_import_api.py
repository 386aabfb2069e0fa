"""Programs of the shop send catalogues, and read what became of each row."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import User
from catalog.models import Import, ImportState, Product
from catalog.tasks import do_import
from tests.catalog.imports.readings import FEEDS, shopify
from tests.catalog.imports.runs import check_bytes, make_source
from tests.conftest import client_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_folders")]
IMPORTS = "/api/v1/imports/"


@pytest.fixture
def as_merchant(merchant: User, monkeypatch: pytest.MonkeyPatch) -> Client:
    for name in ("import_api", "import_actions"):
        monkeypatch.setattr(f"catalog.{name}.enqueue_import", do_import)
    return client_of(merchant)


def send(client: Client, data: bytes, **headers: str) -> Any:
    make_source()
    body = {"source": "Warehouse", "file": SimpleUploadedFile("a.csv", data)}
    return client.post(IMPORTS, body, headers=headers)


def test_file_is_sent_checked_and_started(as_merchant: Client) -> None:
    data = shopify({}, {"Variant Price": "soon"}).encode()
    first = send(as_merchant, data, **{"Idempotency-Key": "spring-catalogue"})
    again = send(as_merchant, data, **{"Idempotency-Key": "spring-catalogue"})
    assert (first.status_code, again.json()) == (201, first.json())
    run = Import.objects.get()
    url = f"{IMPORTS}{run.pk}/"
    assert as_merchant.get(url).json() | {"created_at": ""} == {
        "id": run.pk,
        "source": "Warehouse",
        "file_name": "a.csv",
        "state": "checked",
        "created_at": "",
        "ended_at": None,
        "format_name": "Shopify CSV",
        "sentences": ["The decimal sign of this file is the point: 1,299.00."],
        "rows": 2,
        "created": 1,
        "changed": 0,
        "unchanged": 0,
        "refused": 1,
        "skipped": 0,
        "missing": 0,
        "asks_missing": False,
        "asks_in_stock": False,
    }
    assert not Product.objects.exists()
    assert as_merchant.post(url, {"action": "start"}, content_type="application/json").status_code == 200
    assert as_merchant.get(url).json()["state"] == "done"
    rows = as_merchant.get(f"{url}rows/?outcome=refused").json()["results"]
    values = {"number": "2", "line": 3, "outcome": "refused", "title": ""}
    assert rows == [values | {"sentences": ["“soon” is not a price."]}]
    assert Product.objects.count() == 1
    assert len(as_merchant.get(IMPORTS).json()["results"]) == 1


def test_start_out_of_turn_is_a_conflict(as_merchant: Client) -> None:
    run = check_bytes((FEEDS / "empty.csv").read_bytes())
    url = f"{IMPORTS}{run.pk}/"
    answer = as_merchant.post(url, {"action": "start"}, content_type="application/json")
    assert (answer.status_code, Import.objects.get().state) == (409, ImportState.FAILED)
    assert as_merchant.get(url).json()["sentences"] == ["The file is empty. Send a catalogue as CSV, XML or JSON."]
    assert as_merchant.post(url, {"action": "leap"}, content_type="application/json").status_code == 400


def test_request_without_source_or_file_is_refused(as_merchant: Client) -> None:
    assert set(as_merchant.post(IMPORTS, {}).json()) == {"source", "file"}
    assert as_merchant.post(IMPORTS, {"source": "Moon"}).status_code == 400
    assert not Import.objects.exists()


def test_others_may_not_import(as_moderator: Client, as_shopper: Client) -> None:
    run = check_bytes(shopify({}).encode())
    for client in (as_moderator, as_shopper, Client()):
        assert send(client, b"x").status_code == 403
        for url in (IMPORTS, f"{IMPORTS}{run.pk}/", f"{IMPORTS}{run.pk}/rows/"):
            assert client.get(url).status_code == 403
    assert Import.objects.count() == 1
