"""Pages say in a header whose they are, by which the service worker keeps copies for their owner alone."""

import pytest
from django.test import Client

from accounts.models import User
from tests.conftest import client_of

pytestmark = pytest.mark.django_db


def test_pages_name_their_account_without_its_number(client: Client, shopper: User, stranger: User) -> None:
    names = []
    for browser in (client, client_of(shopper), client_of(stranger)):
        (name,) = {browser.get(page).headers["X-Account"] for page in ("/", "/bag/", "/orders/", "/saved/")}
        names.append(name)
    assert len(set(names)) == 3 and names[0] == "none"
    assert str(shopper.pk) not in names and shopper.email not in names
    assert "X-Account" not in client.get("/api/v1/feed/").headers


def test_page_after_signing_out_is_nobodys(shopper: User) -> None:
    browser = client_of(shopper)
    assert browser.get("/orders/").headers["X-Account"] != "none"
    answer = browser.post("/accounts/logout/", follow=True)
    assert answer.headers["X-Account"] == "none"


def test_worker_lists_the_pages_that_it_copies(client: Client) -> None:
    script = client.get("/worker.js").content.decode()
    assert '"/bag/", "/orders/", "/saved/"' in script and "shop.css" in script


def test_copy_for_reading_offline_leaves_messages_for_the_next_page(shopper: User) -> None:
    browser = client_of(shopper)
    assert browser.post("/saved/collections/", {"name": "Gifts"}).status_code == 302
    assert "Collection created." not in browser.get("/orders/", headers={"X-Copy": "1"}).content.decode()
    assert "Collection created." in browser.get("/orders/").content.decode()
