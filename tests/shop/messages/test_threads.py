"""Shoppers and merchants write to each other: emails without addresses, what is unread, limits, blocks and ends."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from accounts.models import User
from catalog.models import HOUSE_ID, Merchant
from shop.messages.threads import MOST_IN_PERIOD
from shop.models import MessageBlock, MessageThread, Order, ThreadMessage, ThreadSide
from tests.conftest import client_of
from tests.factories import make_product, make_user
from tests.shop.conftest import buy

pytestmark = pytest.mark.django_db
type Write = Callable[[Client, str], int]


def read(client: Client, path: str) -> str:
    return client.get(path).content.decode()


def test_a_question_reaches_who_answers_and_the_answer_the_shopper(
    lamps: Merchant, owner: User, packer: User, buyer: User
) -> None:
    as_buyer, as_owner = client_of(buyer), client_of(owner)
    product = make_product("lamp", merchant=lamps)
    assert "/sellers/lamps/message/?product=lamp" in read(as_buyer, "/p/lamp/")
    answer = as_buyer.post("/sellers/lamps/message/?product=lamp", {"words": "Is it\r\n\r\n\r\n\r\nbright?"})
    thread = MessageThread.objects.get()
    assert answer.headers["Location"] == f"/messages/{thread.pk}/"
    assert (thread.user, thread.merchant, thread.product) == (buyer, lamps, product)
    [asked] = mail.outbox
    assert (
        asked.to == [owner.email]
        and "Is it\n\nbright?" in asked.body
        and f"/merchant/messages/{thread.pk}/" in asked.body
    )
    assert buyer.email not in asked.message().as_string()
    assert '<span class="badge badge--accent">1</span>' in read(as_owner, "/merchant/")
    assert "1 new" in read(as_owner, "/merchant/messages/") and "A shopper" in read(as_owner, "/merchant/messages/")
    page = read(as_owner, f"/merchant/messages/{thread.pk}/")
    assert "bright?" in page and buyer.email not in page
    assert "badge--accent" not in read(as_owner, "/merchant/messages/")
    assert as_owner.post(f"/merchant/messages/{thread.pk}/", {"words": "Very."}).status_code == 302
    replied = mail.outbox[-1]
    assert replied.to == [buyer.email] and replied.subject == "Lamp House wrote to you" and "Very." in replied.body
    assert owner.email not in replied.message().as_string()
    assert "1 new" in read(as_buyer, "/messages/") and "badge--accent" in read(as_buyer, "/accounts/")
    assert "Very." in read(as_buyer, f"/messages/{thread.pk}/") and "1 new" not in read(as_buyer, "/messages/")
    assert not ThreadMessage.objects.filter(read_at=None).exists()


def test_questions_about_the_same_thing_share_a_thread(lamps: Merchant, buyer: User, thread: MessageThread) -> None:
    make_product("lamp", merchant=lamps)
    client = client_of(buyer)
    client.post("/sellers/lamps/message/", {"words": "And warm?"})
    client.post("/sellers/lamps/message/?product=lamp", {"words": "This one?"})
    assert [thread.messages.count() for thread in MessageThread.objects.order_by("pk")] == [2, 1]


def test_a_thread_about_an_order_leads_to_it_and_stays_open_to_a_suspended_seller(
    lamps: Merchant, owner: User, buyer: User
) -> None:
    client = client_of(buyer)
    make_product("lamp", merchant=lamps)
    buy(client, {"product": "lamp", "address": ADDRESS_OF_ORDER})
    order = Order.objects.get()
    link = f"/sellers/lamps/message/?order={order.code}"
    assert link in read(client, f"/orders/{order.code}/")
    Merchant.objects.filter(pk=lamps.pk).update(state="suspended", takes_messages=False)
    assert client.post("/sellers/lamps/message/", {"words": "Where is it?"}).status_code == 404
    assert client.post(link, {"words": "Where is it?"}).status_code == 302
    page = read(client_of(owner), f"/merchant/messages/{MessageThread.objects.get().pk}/")
    assert f"/merchant/orders/{order.code}/" in page and "Sam Shopper" not in page
    assert client_of(make_user()).post(link, {"words": "Where?"}).status_code == 404
    assert MessageThread.objects.get().order == order


ADDRESS_OF_ORDER = {
    "name": "Sam Shopper",
    "street": "1 Main Street",
    "city": "Springfield",
    "region": "IL",
    "postal_code": "62701",
    "country_code": "US",
}


@pytest.mark.parametrize("words", ["", "  \u200b ", "x" * 2001])
def test_words_that_are_missing_or_too_many_come_back(buyer: User, thread: MessageThread, words: str) -> None:
    answer = client_of(buyer).post(f"/messages/{thread.pk}/", {"words": words})
    assert answer.status_code in (409, 422) and thread.messages.count() == 1
    assert words[:50].strip() in answer.content.decode()


def test_an_address_is_confirmed_before_somebody_writes(lamps: Merchant) -> None:
    answer = client_of(make_user()).post("/sellers/lamps/message/", {"words": "Hello?"})
    assert answer.status_code == 409 and "Confirm your email address" in answer.content.decode()
    assert not MessageThread.objects.exists() and not mail.outbox


def test_a_seller_that_takes_no_messages_gets_none(lamps: Merchant, owner: User, buyer: User) -> None:
    form = {"place": "", "shipping_note": "", "return_note": "", "shows_phone": "on", "shows_email": "on"}
    assert client_of(owner).post("/merchant/page/", form).status_code == 302
    client = client_of(buyer)
    assert "/sellers/lamps/message/" not in read(client, "/sellers/lamps/")
    for slug in ("lamps", "house"):
        assert client.post(f"/sellers/{slug}/message/", {"words": "Hello?"}).status_code == 409
    assert not MessageThread.objects.exists() and Merchant.objects.get(pk=HOUSE_ID).takes_messages


def test_too_many_messages_within_an_hour_are_refused_with_a_sentence(
    buyer: User, thread: MessageThread, write: Write
) -> None:
    client, now = client_of(buyer), timezone.now()
    most = MOST_IN_PERIOD[ThreadSide.SHOPPER]
    rows = [ThreadMessage(thread=thread, side="shopper", author=buyer, words="…", sent_at=now) for _ in range(most - 1)]
    ThreadMessage.objects.bulk_create(rows)
    answer = client.post(f"/messages/{thread.pk}/", {"words": "Once more?"})
    assert answer.status_code == 429 and "Once more?" in answer.content.decode()
    assert "within an hour" in answer.content.decode()
    assert client.post("/sellers/lamps/message/", {"words": "Once more?"}).status_code == 429
    refused = client.post(f"/api/v1/messages/{thread.pk}/", {"words": "Once more?"}, content_type="application/json")
    assert refused.status_code == 429 and "within an hour" in refused.json()["detail"]
    assert ThreadMessage.objects.count() == most and not mail.outbox
    ThreadMessage.objects.update(sent_at=now - timedelta(hours=2))
    assert write(client, "Once more?") == 302


def test_a_blocked_shopper_writes_nothing_until_the_block_ends(
    owner: User, buyer: User, thread: MessageThread, write: Write
) -> None:
    as_owner, as_buyer = client_of(owner), client_of(buyer)
    block = f"/merchant/messages/{thread.pk}/block/"
    assert [as_owner.post(block).status_code for _ in range(2)] == [302, 302]
    assert MessageBlock.objects.count() == 1
    assert write(as_buyer, "Hello?") == 409
    assert as_buyer.post("/sellers/lamps/message/", {"words": "Hello?"}).status_code == 409
    assert thread.messages.count() == 1 and not mail.outbox
    as_owner.post(block, {"again": "yes"})
    assert write(as_buyer, "Hello?") == 302


@pytest.mark.parametrize("side", ["owner", "buyer"])
def test_each_side_closes_a_thread_in_which_nobody_writes_then(
    owner: User, buyer: User, thread: MessageThread, write: Write, side: str
) -> None:
    closer = {"owner": (owner, "/merchant"), "buyer": (buyer, "")}[side]
    close = f"{closer[1]}/messages/{thread.pk}/close/"
    assert [client_of(closer[0]).post(close).status_code for _ in range(2)] == [302, 302]
    assert [write(client_of(user), "Still there?") for user in (owner, buyer)] == [409, 409]
    assert thread.messages.count() == 1 and "This conversation is closed" in read(
        client_of(buyer), f"/messages/{thread.pk}/"
    )
    client_of(buyer).post("/sellers/lamps/message/", {"words": "A new question"})
    assert MessageThread.objects.count() == 2
