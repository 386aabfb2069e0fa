"""A creator asks for a sample, the merchant sends it for free, and the clip about it is gifted and ends it."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.mail import EmailMessage
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from accounts.models import User
from catalog.models import MerchantRole
from creators.models import Creator, Sample
from feedsite.account_erasure import erase_account
from payouts.models import Entry
from payouts.tally import tally
from shop.mail import mail_orders
from shop.models import Address, Invoice, Order
from shop.samples.progress import follow_samples
from social.models import Rating
from social.ratings.requests import ask_for_ratings
from tests.conftest import client_of
from tests.factories import (
    approve,
    make_creator,
    make_draft,
    make_enrolment,
    make_member,
    make_merchant,
    make_product,
    make_waiting_clip,
    variant_of,
)
from tests.shop.delivery.conftest import deliver_all
from tests.shop.samples.conftest import Scene
from videos.models import Clip

pytestmark = pytest.mark.django_db
NEW = "/studio/samples/new/lamp/"


def send(client: Client, path: str, body: Any = None, **extra: Any) -> Any:
    return client.post(path, body or {}, content_type="application/json", **extra)


def state_of(sample: Sample) -> str:
    sample.refresh_from_db()
    return sample.state


def stock_of(scene: Scene) -> int | None:
    return variant_of(scene.lamp).stock


def test_a_sample_goes_from_the_request_to_the_published_clip(
    scene: Scene, settings: Any, mailoutbox: list[EmailMessage]
) -> None:
    settings.RECORD_PARCELS, settings.SAMPLE_DAYS = True, 20
    assert "Ask for a sample to film" in scene.as_creator.get("/p/lamp/").content.decode()
    sample = scene.request()
    assert "I read beside it." in scene.as_merchant.get("/merchant/samples/").content.decode()
    scene.send(sample)
    order = Order.objects.get()
    assert (order.state, order.total_minor, order.shipping_minor, order.discount_minor) == ("paid", 0, 0, 0)
    line = order.lines.get()
    assert (line.unit_price_minor, line.amount_minor, line.fee_minor, line.commission_minor) == (0, 0, 0, 0)
    assert stock_of(scene) == 4
    deliver_all(order, merchant="lamps")
    now = timezone.now()
    assert [follow_samples(now=now) for _turn in range(3)] == [1, 1, 0]
    assert state_of(sample) == "due"
    assert sample.due_on == timezone.localdate(now) + timedelta(days=20)
    clip = make_waiting_clip(scene.creator, products=[scene.lamp, make_product()])
    clip.refresh_from_db()
    assert clip.declaration == "gifted"
    assert state_of(sample) == "due"
    approve(clip)
    assert (state_of(sample), sample.clip_code) == ("done", clip.code)
    assert "Clip published" in scene.as_creator.get("/studio/samples/").content.decode()
    mail_orders(now=now)
    subjects = [mail.subject for mail in mailoutbox if mail.to == [scene.creator.user.email]]
    assert subjects[0] == "Your sample of Lamp is being sent"
    assert any(subject.startswith("Your clip about Lamp is due on") for subject in subjects)
    assert not any(subject.startswith("Your order") for subject in subjects)


def test_what_is_given_is_not_bought(scene: Scene, settings: Any, mailoutbox: list[EmailMessage]) -> None:
    settings.RECORD_PARCELS, settings.RATING_REQUEST_DAYS = False, 1
    scene.send(scene.request())
    times = dict.fromkeys(("created_at", "changed_at"), timezone.now())
    Rating.objects.create(product=scene.lamp, user=scene.creator.user, stars=5, **times)
    assert not Rating.objects.bought_here().exists()
    scene.creator.user.refresh_from_db()
    assert not scene.creator.user.has_bought
    assert ask_for_ratings(now=timezone.now() + timedelta(days=2)) == 0
    assert {invoice.total_minor for invoice in Invoice.objects.all()} <= {0}


def test_the_books_of_a_given_product_hold_no_money(scene: Scene, settings: Any) -> None:
    settings.RECORD_PARCELS, settings.RETURN_DAYS = False, 0
    scene.send(scene.request())
    for task in (tally, tally):
        task(now=timezone.now() + timedelta(days=60))
    call_command("verify_ledger")
    assert not Entry.objects.exists()


def test_every_later_clip_about_a_sample_is_gifted_and_only_one_ends_it(scene: Scene, settings: Any) -> None:
    settings.RECORD_PARCELS = False
    sample = scene.send(scene.request())
    follow_samples(now=timezone.now())
    assert state_of(sample) == "sent"
    first, second = (make_waiting_clip(scene.creator, products=[scene.lamp, make_product()]) for _clip in range(2))
    assert set(Clip.objects.filter(pk__in=[first.pk, second.pk]).values_list("declaration", flat=True)) == {"gifted"}
    approve(second)
    approve(first)
    assert (state_of(sample), sample.clip_code) == ("done", second.code)
    third = make_waiting_clip(scene.creator, products=[scene.lamp, make_product()], declaration="sponsored")
    other = make_waiting_clip(scene.creator)
    third.refresh_from_db()
    other.refresh_from_db()
    assert (third.declaration, other.declaration) == ("sponsored", "")


def test_overdue_clips_are_named_and_stop_other_requests(
    scene: Scene, settings: Any, mailoutbox: list[EmailMessage]
) -> None:
    settings.RECORD_PARCELS, settings.DELIVERED_AFTER_DAYS, settings.SAMPLE_DAYS = False, 0, 10
    sample = scene.send(scene.request())
    for later in (0, 1, 12):
        follow_samples(now=timezone.now() + timedelta(days=later))
    assert state_of(sample) == "overdue"
    assert mailoutbox[-1].subject == "Your clip about Lamp is overdue"
    shade = make_product("shade", merchant=scene.merchant)
    answer = scene.as_creator.post("/studio/samples/new/shade/", {"variant": variant_of(shade).pk})
    assert answer.status_code == 409
    assert "Submit your clip about Lamp first." in answer.content.decode()
    assert Sample.objects.count() == 1


def test_a_declined_request_says_why_and_can_be_made_again(scene: Scene, mailoutbox: list[EmailMessage]) -> None:
    sample = scene.request()
    url = f"/merchant/samples/{sample.pk}/decline/"
    assert scene.as_merchant.post(url, {"reason": " "}).status_code == 422
    assert state_of(sample) == "requested"
    assert scene.as_merchant.post(url, {"reason": "None are left this month."}).status_code == 302
    assert state_of(sample) == "refused"
    assert "None are left this month." in mailoutbox[-1].body
    assert "None are left this month." in scene.as_creator.get("/studio/samples/").content.decode()
    for answer in ("send", "decline"):
        assert scene.as_merchant.post(f"/merchant/samples/{sample.pk}/{answer}/", {"reason": "x"}).status_code == 409
    assert (stock_of(scene), Order.objects.count()) == (5, 0)
    assert scene.as_creator.post(NEW, {"variant": scene.variant.pk}).status_code == 302


def test_a_request_is_withdrawn_until_it_is_answered(scene: Scene) -> None:
    sample = scene.request()
    assert client_of(make_creator().user).post(f"/studio/samples/{sample.pk}/withdraw/").status_code == 404
    assert state_of(sample) == "requested"
    scene.as_creator.post(f"/studio/samples/{sample.pk}/withdraw/")
    assert state_of(sample) == "withdrawn"
    assert scene.as_merchant.post(f"/merchant/samples/{sample.pk}/send/").status_code == 409
    assert not Order.objects.exists()


@pytest.mark.parametrize(
    ("prepare", "status"),
    [
        ("no-address", 409),
        ("no-campaign", 409),
        ("no-samples", 404),
        ("no-profile", 302),
        ("sold-elsewhere", 404),
        ("twice", 409),
    ],
)
def test_who_may_not_ask_is_told_and_nothing_is_saved(scene: Scene, prepare: str, status: int) -> None:
    client, kept = scene.as_creator, 0
    if prepare == "no-address":
        Address.objects.all().delete()
    elif prepare == "no-campaign":
        client = client_of((stranger := make_creator()).user)
        Address.objects.filter(user=scene.creator.user).update(user=stranger.user)
    elif prepare == "no-samples":
        type(scene.merchant).objects.filter(pk=scene.merchant.pk).update(offers_samples=False)
    elif prepare == "no-profile":
        client = client_of(make_member(scene.merchant))
    elif prepare == "sold-elsewhere":
        make_product("vase", outbound_url="https://shop.example.org/vase")
    else:
        scene.request()
        kept = 1
    url = "/studio/samples/new/vase/" if prepare == "sold-elsewhere" else NEW
    assert client.post(url, {"variant": scene.variant.pk}).status_code == status
    assert Sample.objects.count() == kept


def test_the_limit_of_open_samples(scene: Scene) -> None:
    for name in ("one", "two", "three", "four"):
        product = make_product(f"shade-{name}", merchant=scene.merchant)
        url = f"/studio/samples/new/{product.slug}/"
        expected = 409 if name == "four" else 302
        assert scene.as_creator.post(url, {"variant": variant_of(product).pk}).status_code == expected
    assert Sample.objects.count() == 3


def test_what_cannot_be_sent_stays_a_request(scene: Scene) -> None:
    sample = scene.request()
    scene.variant.__class__.objects.filter(pk=scene.variant.pk).update(stock=0)
    answer = scene.as_merchant.post(f"/merchant/samples/{sample.pk}/send/")
    assert answer.status_code == 409
    assert "sold out" in answer.content.decode()
    assert (state_of(sample), Order.objects.count()) == ("requested", 0)
    scene.variant.__class__.objects.filter(pk=scene.variant.pk).update(stock=5)
    Address.objects.all().delete()
    assert scene.as_merchant.post(f"/merchant/samples/{sample.pk}/send/").status_code == 409
    assert (state_of(sample), stock_of(scene)) == ("requested", 5)


def test_each_reads_their_own_language(scene: Scene) -> None:
    User.objects.filter(pk=scene.creator.user_id).update(language="ar")
    sample = scene.request()
    scene.variant.__class__.objects.filter(pk=scene.variant.pk).update(stock=0)
    refused = scene.as_merchant.post(f"/merchant/samples/{sample.pk}/send/").content.decode()
    assert "Lamp is sold out." in refused
    scene.variant.__class__.objects.filter(pk=scene.variant.pk).update(stock=5)
    scene.send(sample)
    assert Order.objects.get().language == "ar"


def test_only_the_merchants_deciding_members_answer(scene: Scene) -> None:
    sample = scene.request()
    packer = client_of(make_member(scene.merchant, MerchantRole.PACKER))
    other = client_of(make_member(make_merchant("chairs")))
    assert [client.get("/merchant/samples/").status_code for client in (packer, other)] == [403, 200]
    assert packer.post(f"/merchant/samples/{sample.pk}/send/").status_code == 403
    assert other.post(f"/merchant/samples/{sample.pk}/send/").status_code == 404
    own = make_member(scene.merchant)
    Creator.objects.filter(pk=scene.creator.pk).update(user=own)
    assert client_of(own).post(f"/merchant/samples/{sample.pk}/send/").status_code == 409
    assert state_of(sample) == "requested"


def test_a_cancelled_order_withdraws_the_sample(scene: Scene, settings: Any) -> None:
    settings.RECORD_PARCELS = True
    sample = scene.send(scene.request())
    order = Order.objects.get()
    assert scene.as_creator.post(f"/orders/{order.code}/cancel/", {"confirmed": "yes"}).status_code == 302
    follow_samples(now=timezone.now())
    assert (state_of(sample), stock_of(scene)) == ("withdrawn", 5)


def test_staff_answer_for_the_house(scene: Scene, admin_client: Client) -> None:
    house = scene.merchant.__class__.objects.get(pk=1)
    house.__class__.objects.filter(pk=1).update(offers_samples=True)
    mug = make_product("mug", stock=2)
    scene.as_creator.post("/studio/samples/new/mug/", {"variant": variant_of(mug).pk})
    merchants_own = scene.as_creator.post(NEW, {"variant": scene.variant.pk})
    assert merchants_own.status_code == 302
    ids = list(Sample.objects.order_by("pk").values_list("pk", flat=True))
    url, sent = "/admin/creators/sample/", {"action": "send_samples", "_selected_action": ids}
    page = admin_client.post(url, sent).content.decode()
    seen = page.split('name="seen" value="')[1].split('"')[0]
    admin_client.post(url, sent | {"confirmed": "yes", "seen": seen})
    assert list(Sample.objects.order_by("pk").values_list("state", flat=True)) == ["approved", "requested"]
    assert variant_of(mug).stock == 1


def test_api_of_creators_and_merchants(scene: Scene) -> None:
    body = {"variant": scene.variant.pk, "plan": "Light"}
    for _time in range(2):
        answer = send(scene.as_creator, "/api/v1/samples/", body, headers={"Idempotency-Key": "k-1"})
        assert answer.status_code == 201
    row = scene.as_creator.get("/api/v1/samples/").json()["results"][0]
    assert (row["product"], row["state"], row["order"]) == ("lamp", "requested", None)
    assert send(scene.as_creator, "/api/v1/samples/", {"variant": 999999}).status_code == 400
    url = f"/api/v1/merchants/lamps/samples/{row['id']}/"
    assert send(scene.as_merchant, f"{url}decline/", {"reason": ""}).status_code == 400
    assert send(scene.as_creator, f"{url}send/").status_code == 404
    answer = send(scene.as_merchant, f"{url}send/").json()
    assert (answer["state"], answer["order"]) == ("approved", Order.objects.get().code)
    assert send(scene.as_creator, f"/api/v1/samples/{row['id']}/withdraw/").status_code == 409
    assert [row["state"] for row in scene.as_merchant.get("/api/v1/merchants/lamps/samples/").json()["results"]] == [
        "approved"
    ]


def test_a_deleted_account_withdraws_what_it_asked_for(scene: Scene) -> None:
    sample = scene.request()
    erase_account(user=scene.creator.user, gives_up_pay=True)
    assert (state_of(sample), sample.plan) == ("withdrawn", "")
    assert scene.as_merchant.get("/merchant/samples/").status_code == 200


def test_drafts_are_declared_when_they_are_submitted(scene: Scene, settings: Any) -> None:
    settings.RECORD_PARCELS = False
    scene.send(scene.request())
    follow_samples(now=timezone.now())
    draft = make_draft(scene.creator, make_enrolment(scene.creator), products=[scene.lamp, make_product()])
    answer = send(scene.as_creator, f"/api/v1/clips/{draft.code}/submit/", headers={"Idempotency-Key": "s-1"})
    assert answer.status_code == 200, answer.content
    draft.refresh_from_db()
    assert (draft.state, draft.declaration) == ("in_review", "gifted")
