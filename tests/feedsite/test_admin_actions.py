"""Every action of the admin asks before it changes rows, or is listed here as harmless."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.db.models import Model
from django.test import Client, RequestFactory
from django.utils import timezone

from accounts.models import OutgoingEmail, User
from catalog.models import ListingChange
from creators.models import Sample, Suspension, SuspensionLink
from creators.models.suspension_link import LinkSign
from programme.webhooks.fan_out import send_test_event
from shop.models import Address, MessageThread, Order, ProviderEvent, Refund, ThreadMessage
from shop.refunds import plan_refund
from shop.returns import request_return
from social.clip_collections import create_collection, share_collection
from social.models import Collection, Comment, EndReason, LegalNotice, PauseReason, Rating, Sponsorship
from social.sponsorships.lifecycle import end, pause
from tests.factories import make_creator, make_merchant, make_product, make_published_clip, variant_of
from tests.programme.hooks import make_endpoint
from tests.shop.conftest import ADDRESS, buy
from tests.sponsors import make_paid_sponsorship, make_running_sponsorship

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("unrecorded_parcels")]
HARMLESS = {
    ("job", "retry_failed"),
    ("outgoingemail", "send_again"),
    ("invoice", "download_as_csv"),
    ("webhookendpoint", "send_test"),
}
"""Actions that change nothing, or only try again what the system tries by itself."""


def paid_order(shopper: User, as_shopper: Client) -> Order:
    Address.objects.create(user=shopper, **ADDRESS)
    product = make_product("mug", stock=5)
    buy(as_shopper, {"product": product.slug})
    return Order.objects.get()


def requested(shopper: User, as_shopper: Client) -> Refund:
    order = paid_order(shopper, as_shopper)
    return request_return(order=order, quantities={order.lines.get().pk: 1}, reason="It is chipped", now=timezone.now())


def failed(shopper: User, as_shopper: Client) -> Refund:
    order = paid_order(shopper, as_shopper)
    refund = plan_refund(order_id=order.pk, created_by=None, now=timezone.now())
    Refund.objects.update(state="failed")
    return refund


def uninvoiced(shopper: User, as_shopper: Client) -> Order:
    order = paid_order(shopper, as_shopper)
    order.invoices.all().delete()
    return order


def set_aside(_shopper: User, _as_shopper: Client) -> ProviderEvent:
    values = {"kind": "x", "state": "set_aside", "reason": "unknown_kind", "payload": {}}
    return ProviderEvent.objects.create(provider="stripe", event_id="evt_1", received_at=timezone.now(), **values)


def shared(shopper: User, _as_shopper: Client) -> Collection:
    collection = create_collection(user=shopper, name="For the kitchen", now=timezone.now())
    share_collection(collection=collection, is_shared=True)
    return collection


def held(shopper: User, _as_shopper: Client) -> Rating:
    values = {"user": shopper, "product": make_product("mug"), "author_name": "Ann", "stars": 4, "state": "held"}
    return Rating.objects.create(**values, created_at=timezone.now(), changed_at=timezone.now())


def sent_notice(_shopper: User, _as_shopper: Client) -> LegalNotice:
    return LegalNotice.objects.create(kind="illegal", words="x", email="riley@example.com", created_at=timezone.now())


def held_comment(_shopper: User, _as_shopper: Client) -> Comment:
    values = {"clip": make_published_clip(), "author": make_creator(), "words": "Hello", "state": "held"}
    return Comment.objects.create(**values, created_at=timezone.now())


def reported_thread(shopper: User, _as_shopper: Client) -> MessageThread:
    values = {"user": shopper, "merchant": make_merchant(), "created_at": timezone.now()}
    thread = MessageThread.objects.create(**values, last_message_at=timezone.now())
    sent = {"thread": thread, "side": "shopper", "author": shopper, "words": "Hello", "sent_at": timezone.now()}
    ThreadMessage.objects.create(**sent, reported_at=timezone.now())
    return thread


def waiting_change(shopper: User, _as_shopper: Client) -> ListingChange:
    product = make_product(merchant=make_merchant())
    return ListingChange.objects.create(
        product=product, values={"name": "Lamp"}, sent_by=shopper, sent_at=timezone.now()
    )


def noted_link(shopper: User, _as_shopper: Client) -> SuspensionLink:
    suspended = Suspension.objects.create(
        creator=make_creator(), reason="Spam.", suspended_at=timezone.now(), suspended_by=shopper
    )
    values = {"creator": make_creator(), "suspension": suspended, "sign": LinkSign.EMAIL}
    return SuspensionLink.objects.create(**values, noted_at=timezone.now())


def asked_sample(_shopper: User, _as_shopper: Client) -> Sample:
    product = make_product("mug")
    values = {"creator": make_creator(), "variant": variant_of(product), "merchant": product.merchant}
    return Sample.objects.create(**values, requested_at=timezone.now())


def given_up(_shopper: User, _as_shopper: Client) -> OutgoingEmail:
    values = {"created_at": timezone.now(), "due_at": timezone.now(), "given_up_at": timezone.now()}
    return OutgoingEmail.objects.create(sender="a@b.test", recipients=["sam@b.test"], subject="Hello", **values)


def waiting_sponsorship(_shopper: User, _as_shopper: Client) -> Sponsorship:
    return make_paid_sponsorship(make_published_clip())


def running_sponsorship(_shopper: User, _as_shopper: Client) -> Sponsorship:
    return make_running_sponsorship(make_published_clip())


def paused_sponsorship(_shopper: User, _as_shopper: Client) -> Sponsorship:
    sponsorship = make_running_sponsorship(make_published_clip())
    pause(sponsorship_id=sponsorship.pk, reason=PauseReason.STAFF, now=timezone.now())
    return sponsorship


def unrefunded_sponsorship(_shopper: User, _as_shopper: Client) -> Sponsorship:
    sponsorship = make_paid_sponsorship(make_published_clip(), budget_minor=100_000)
    end(sponsorship_id=sponsorship.pk, reason=EndReason.STAFF, now=timezone.now())
    return sponsorship


ROWS: dict[tuple[str, str], Callable[[User, Client], Model]] = {
    ("product", "put_on_sale"): lambda shopper, client: make_product("vase", is_active=False),
    ("product", "take_off_sale"): lambda shopper, client: make_product("vase"),
    ("clip", "take_down"): lambda shopper, client: make_published_clip(),
    ("order", "refund_remaining_amount"): paid_order,
    ("order", "issue_missing_invoices"): uninvoiced,
    ("refund", "await_goods"): requested,
    ("refund", "accept"): requested,
    ("refund", "refuse"): requested,
    ("refund", "retry_failed"): failed,
    ("refund", "mark_paid_elsewhere"): failed,
    ("providerevent", "resolve"): set_aside,
    ("outgoingemail", "discard"): given_up,
    ("collection", "close_sharing"): shared,
    ("legalnotice", "pause_sender"): sent_notice,
    ("comment", "make_visible"): held_comment,
    ("comment", "remove"): held_comment,
    ("listingchange", "approve"): waiting_change,
    ("messagethread", "close_threads"): reported_thread,
    ("messagethread", "settle_thread_reports"): reported_thread,
    ("suspensionlink", "dismiss"): noted_link,
    ("sample", "send_samples"): asked_sample,
    ("sample", "decline_requests"): asked_sample,
    ("rating", "make_visible"): held,
    ("rating", "remove"): held,
    ("sponsorship", "approve"): waiting_sponsorship,
    ("sponsorship", "refuse"): waiting_sponsorship,
    ("sponsorship", "pause"): running_sponsorship,
    ("sponsorship", "resume"): paused_sponsorship,
    ("sponsorship", "end"): running_sponsorship,
    ("sponsorship", "refund"): unrefunded_sponsorship,
    ("webhookendpoint", "pause"): lambda shopper, client: make_endpoint(),
    ("webhookendpoint", "switch_on"): lambda shopper, client: make_endpoint(state="off"),
    ("webhookendpoint", "rotate"): lambda shopper, client: make_endpoint(),
    ("webhookdelivery", "replay"): lambda shopper, client: send_test_event(
        endpoint=make_endpoint(), now=timezone.now()
    ),
}


def test_each_registered_action_is_covered(rf: RequestFactory, admin_user: User) -> None:
    request: Any = rf.get("/admin/")
    request.user = admin_user
    found = {
        (str(model._meta.model_name), name)
        for model, model_admin in admin.site._registry.items()
        for name in model_admin.get_actions(request)
        if name != "delete_selected"  # it asks by itself
    }
    assert found == set(ROWS) | HARMLESS


@pytest.mark.parametrize(("model", "action"), ROWS)
def test_action_asks_and_changes_nothing_until_it_is_confirmed(
    model: str, action: str, shopper: User, as_shopper: Client, admin_client: Client
) -> None:
    row = ROWS[model, action](shopper, as_shopper)
    before = type(row)._default_manager.values().get(pk=row.pk)
    address = f"/admin/{row._meta.app_label}/{model}/"
    for extra in ({}, {"confirmed": "yes", "seen": "forged"}):
        page = admin_client.post(address, {"action": action, "_selected_action": row.pk, **extra})
        assert page.status_code in (200, 422)
        assert 'name="_selected_action"' in page.content.decode()
        assert type(row)._default_manager.values().get(pk=row.pk) == before
    assert not LogEntry.objects.exists()


@pytest.mark.parametrize("key", ["abc", "0", "-1", "9" * 30, "%00", "1/2"])
def test_address_of_a_row_that_cannot_exist_is_no_error_of_ours(admin_client: Client, key: str) -> None:
    for model in admin.site._registry:
        address = f"/admin/{model._meta.app_label}/{model._meta.model_name}/{key}/change/"
        answer = admin_client.get(address)
        assert answer.status_code in (302, 403, 404), address
