"""Who reads and writes what: only the two sides of a thread, and staff once a message was reported. Pages and API."""

import json

import pytest
from django.contrib.auth.models import Group
from django.core import mail
from django.test import Client

from accounts.models import User
from catalog.models import Merchant, MerchantMember
from shop.models import MessageBlock, MessageThread, ThreadMessage, ThreadState
from tests.conftest import client_of
from tests.factories import PASSWORD, make_member, make_merchant, make_user
from tests.feedsite.admin_pages import sign_in_staff
from tests.html_forms import read_form

pytestmark = pytest.mark.django_db


def list_calls(thread: MessageThread, prefix: str) -> list[tuple[str, str]]:
    """Return the methods and paths of a side, whose prefix is "", "merchant/" or that of the API."""
    message = thread.messages.get().pk
    own = f"/{prefix}messages/{thread.pk}/"
    calls = [("get", own), ("post", own), ("post", f"{own}close/"), ("post", f"/{prefix}messages/report/{message}/")]
    return calls + ([("post", f"{own}block/")] if "merchant" in prefix else [])


def call(client: Client, method: str, path: str) -> int:
    return getattr(client, method)(path, {"words": "Hello"}, content_type="application/json").status_code


def assert_untouched(thread: MessageThread) -> None:
    thread.refresh_from_db()
    message = thread.messages.get()
    assert thread.state == ThreadState.OPEN and not MessageBlock.objects.exists()
    assert message.reported_at is None and message.read_at is None


def test_others_find_no_thread_of_a_shopper(thread: MessageThread, owner: User) -> None:
    for prefix in ("", "api/v1/"):
        for method, path in list_calls(thread, prefix):
            assert call(client_of(make_user()), method, path) == 404
            assert call(client_of(owner), method, path) == 404
            assert call(Client(), method, path) in (302, 401, 403)
    assert_untouched(thread)


def test_only_owners_and_managers_of_its_merchant_find_a_thread(
    thread: MessageThread, packer: User, buyer: User
) -> None:
    rival = make_member(make_merchant("rival"))
    for method, path in list_calls(thread, "merchant/"):
        assert [call(client_of(user), method, path) for user in (packer, rival, buyer)] == [403, 404, 302]
    for method, path in list_calls(thread, "api/v1/merchants/lamps/"):
        assert [call(client_of(user), method, path) for user in (packer, rival, buyer)] == [403, 404, 404]
    for method, path in list_calls(thread, "api/v1/merchants/rival/"):
        assert call(client_of(rival), method, path) == 404
    assert_untouched(thread)
    assert "/merchant/messages/" not in client_of(packer).get("/merchant/").content.decode()


def test_a_removed_member_reads_nothing_any_more(thread: MessageThread, owner: User) -> None:
    client = client_of(owner)
    MerchantMember.objects.filter(user=owner).delete()
    assert client.get(f"/merchant/messages/{thread.pk}/").status_code == 302
    assert client.get(f"/api/v1/merchants/lamps/messages/{thread.pk}/").status_code == 404


def test_both_sides_write_by_the_api_once_for_each_key(lamps: Merchant, owner: User, buyer: User) -> None:
    as_buyer, as_owner = client_of(buyer), client_of(owner)
    body, key = {"seller": "lamps", "words": "Is it bright?"}, {"Idempotency-Key": "key-1"}
    for _ in range(2):
        answer = as_buyer.post("/api/v1/messages/", body, content_type="application/json", headers=key)
        assert answer.status_code == 201
    thread = answer.json()
    assert (thread["seller"]["slug"], thread["is_open"], len(thread["messages"])) == ("lamps", True, 1)
    [listed] = as_owner.get("/api/v1/merchants/lamps/messages/").json()["results"]
    assert (listed["id"], listed["unread_count"]) == (thread["id"], 1)
    path = f"/api/v1/merchants/lamps/messages/{thread['id']}/"
    assert [message["words"] for message in as_owner.get(path).json()["messages"]] == ["Is it bright?"]
    assert as_owner.post(path, {"words": "Very."}, content_type="application/json").status_code == 201
    [own] = as_buyer.get("/api/v1/messages/").json()["results"]
    assert own["unread_count"] == 1
    for client, own_path in ((as_owner, path), (as_buyer, f"/api/v1/messages/{thread['id']}/")):
        assert b"@" not in client.get(own_path).content
    assert ThreadMessage.objects.count() == 2


def test_staff_read_a_thread_once_a_message_in_it_was_reported(thread: MessageThread, owner: User, buyer: User) -> None:
    moderator = make_user("mod@example.com", is_staff=True)
    moderator.groups.add(Group.objects.get(name="Moderator"))
    staff, path = sign_in_staff(moderator), f"/admin/shop/messagethread/{thread.pk}/change/"
    assert staff.get(path).status_code == 302 and "Is it bright?" not in staff.get(path, follow=True).content.decode()
    message = thread.messages.get()
    client_of(buyer).post(f"/messages/report/{message.pk}/", {"words": "My own"})
    message.refresh_from_db()
    assert message.reported_at is None
    report = f"/merchant/messages/report/{message.pk}/"
    assert [client_of(owner).post(report, {"words": "Rude"}).status_code for _ in range(2)] == [302, 302]
    [sent] = mail.outbox
    assert sent.to == [moderator.email] and path in sent.body and "bright" not in sent.body
    page = staff.get(path).content.decode()
    assert "Is it bright?" in page and "Rude" in page
    action = {"action": "close_threads", "_selected_action": [thread.pk]}
    question = staff.post("/admin/shop/messagethread/", action).content.decode()
    assert "Nobody can write in these threads any more." in question
    staff.post("/admin/shop/messagethread/", read_form(question))
    thread.refresh_from_db()
    message.refresh_from_db()
    assert thread.state == ThreadState.CLOSED and message.report_settled_at is not None


def test_the_download_has_what_a_shopper_and_a_member_wrote(thread: MessageThread, owner: User, buyer: User) -> None:
    client_of(owner).post(f"/merchant/messages/{thread.pk}/", {"words": "Very."})
    data = {user: download(user) for user in (owner, buyer)}
    assert [row["words"] for row in data[buyer]["messages"]] == ["Is it bright?", "Very."]
    assert data[buyer]["message_threads"][0]["merchant_slug"] == "lamps"
    assert [row["words"] for row in data[owner]["messages_for_merchants"]] == ["Very."]
    assert not data[owner]["messages"]


def download(user: User) -> dict[str, list[dict[str, str]]]:
    client = client_of(user)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    data: dict[str, list[dict[str, str]]] = json.loads(client.get("/accounts/data/").content)
    return data


def test_a_shopper_s_threads_go_with_the_account(thread: MessageThread, buyer: User) -> None:
    client = client_of(buyer)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    assert client.post("/accounts/leave/").status_code == 302
    assert not MessageThread.objects.exists() and not ThreadMessage.objects.exists()
