"""The catalogue manager gives a source an address in admin, has it fetched, and sees what came of it."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import timezone

from accounts.models import User
from catalog.models import CatalogueSource, ImportState
from tests.catalog.imports.pretend_web import PretendWeb, open_web
from tests.catalog.imports.runs import check_bytes, make_source
from tests.catalog.imports.scheduled import ADDRESS, last_run, make_address_source, pans, show, work
from tests.conftest import client_of
from tests.factories import make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_folders")]
ADD = "/admin/catalog/cataloguesource/add/"
SECRET = "hunter2 & more"
SCHEDULE = ("address", "user_name", "password", "interval", "daily_hour")


@pytest.fixture
def as_merchant(merchant: User) -> Client:
    return client_of(merchant)


@pytest.fixture
def web() -> Iterator[PretendWeb]:
    with open_web() as web:
        yield web


def url_of(source: CatalogueSource, end: str = "change/") -> str:
    return f"/admin/catalog/cataloguesource/{source.pk}/{end}"


def form(**values: Any) -> dict[str, Any]:
    return {"name": "Warehouse", "address": ADDRESS, "interval": "daily", "daily_hour": 4} | values


def schedule_of(source: CatalogueSource) -> dict[str, Any]:
    return CatalogueSource.objects.values(*SCHEDULE).get(pk=source.pk)


def test_name_and_password_are_taken_out_of_an_address_and_never_shown(as_merchant: Client) -> None:
    response = as_merchant.post(ADD, form(address="https://me:hunter2%20%26%20more@shop.example/goods.csv?token=abc"))
    assert response.status_code == 302
    source = CatalogueSource.objects.get()
    values = {"address": f"{ADDRESS}?token=abc", "user_name": "me", "password": SECRET, "interval": "daily"}
    assert schedule_of(source) == values | {"daily_hour": 4}
    assert source.next_fetch_at is not None and source.next_fetch_at > timezone.now()
    page = as_merchant.get(url_of(source)).content.decode()
    history = as_merchant.get(url_of(source, "history/")).content.decode()
    for text in (SECRET, "hunter2"):
        assert text not in page and text not in history
    assert as_merchant.post(url_of(source), form(address=f"{ADDRESS}?token=abc", user_name="me")).status_code == 302
    assert schedule_of(source)["password"] == SECRET


def test_those_who_only_read_see_no_token() -> None:
    source = make_source(address=f"{ADDRESS}?token=abc", user_name="me", password=SECRET)
    reader = make_user(is_staff=True)
    reader.user_permissions.set(Permission.objects.filter(codename="view_cataloguesource"))
    page = client_of(reader).get(url_of(source)).content.decode()
    assert f"{ADDRESS}?…" in page
    assert "abc" not in page and SECRET not in page and "Fetch now" not in page


def test_a_stored_password_is_not_sent_to_another_server(as_merchant: Client) -> None:
    source = make_source(address=ADDRESS, user_name="me", password=SECRET)
    before = schedule_of(source)
    page = as_merchant.post(url_of(source), form(address="https://other.example/", user_name="me")).content.decode()
    assert "The address leads to another server now. Type the password again." in page
    assert schedule_of(source) == before
    as_merchant.post(url_of(source), form(address="https://other.example/", user_name="me", new_password="new"))
    assert (schedule_of(source)["address"], schedule_of(source)["password"]) == ("https://other.example/", "new")
    as_merchant.post(url_of(source), form(address=ADDRESS, user_name=""))
    assert schedule_of(source)["password"] == ""


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("http://shop.example/goods.csv", "Enter a full address that begins with https://."),
        ("shop.example", "Enter a full address that begins with https://."),
        ("https://127.0.0.1/goods.csv", "This address leads to no server on the public web."),
        ("https://me:you@localhost/", "This address leads to no server on the public web."),
        ("https://shop.example:22/", "This address leads to no server on the public web."),
        ("", "Enter an address first."),
    ],
)
def test_an_address_that_is_not_fetched_is_refused(as_merchant: Client, address: str, sentence: str) -> None:
    source = make_source()
    before = schedule_of(source)
    assert sentence in as_merchant.post(url_of(source), form(address=address)).content.decode()
    assert schedule_of(source) == before


def test_fetch_now_shows_what_came_of_it(as_merchant: Client, web: PretendWeb, monkeypatch: pytest.MonkeyPatch) -> None:
    source = make_address_source(interval="")
    CatalogueSource.objects.update(next_fetch_at=None)
    show(web, pans(4))
    page = as_merchant.post(url_of(source, "fetch/"), follow=True).content.decode()
    assert "The source is being fetched." in page and "It was not fetched yet." in page
    work(web, monkeypatch)
    page = as_merchant.get(url_of(source)).content.decode()
    assert f"/admin/catalog/import/{last_run(source).pk}/change/" in page and "New file" in page
    assert last_run(source).state == ImportState.DONE
    source.refresh_from_db()
    assert source.next_fetch_at is None
    assert "New file" in as_merchant.get("/admin/catalog/cataloguesource/").content.decode()


def test_what_can_t_be_fetched_now_is_refused(as_merchant: Client) -> None:
    source = make_source()
    page = as_merchant.post(url_of(source, "fetch/"), follow=True).content.decode()
    assert "This source has no address. Enter one first." in page
    CatalogueSource.objects.update(address=ADDRESS)
    run = check_bytes(pans(1).encode(), source)
    type(run).objects.update(state=ImportState.RUNNING)
    page = as_merchant.post(url_of(source, "fetch/"), follow=True).content.decode()
    assert "An import of this source is not finished. Fetch it afterwards." in page
    assert CatalogueSource.objects.get().next_fetch_at is None


def test_others_may_not_fetch(as_moderator: Client, as_shopper: Client) -> None:
    source = make_source(address=ADDRESS)
    for client, status in ((as_moderator, 403), (as_shopper, 302), (Client(), 302)):
        assert client.post(url_of(source, "fetch/")).status_code == status
    assert CatalogueSource.objects.get().next_fetch_at is None
