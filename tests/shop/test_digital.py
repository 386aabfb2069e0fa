"""Digital goods: a file instead of a parcel, by a signed link that is limited, expires, and ends with a refund."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.mail import EmailMessage
from django.test import Client
from django.utils import timezone

from catalog.digital_files import MAX_BYTES, store_digital_file
from catalog.models import DigitalFile, Merchant, MerchantRole, Product, Variant
from shop.digital.downloads import MAX_DOWNLOADS, RESUMABLE_FOR
from shop.mail import mail_orders
from shop.models import Address, Download, Order, Parcel
from shop.refunds import plan_refund
from tests.conftest import client_of
from tests.factories import make_member, make_merchant, make_product, make_user, variant_of
from tests.html_forms import read_form
from tests.shop.conftest import buy, quote
from tests.shop.delivery.conftest import make_packer

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7\n" + bytes(range(200))
CONSENT = {"agrees_to_download": True}


def upload(name: str = "Knots.pdf", content: bytes = PDF) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def make_digital(slug: str = "book", **fields: Any) -> Product:
    product = make_product(slug, stock=0, price_minor=900, **fields)
    staff, variant = make_user(), variant_of(product)
    store_digital_file(variant=variant, upload=upload(), uploaded_by=staff, now=timezone.now())
    product.refresh_from_db()
    return product


@pytest.fixture
def book(saved_address: Address) -> Product:
    return make_digital()


@pytest.fixture
def download(as_shopper: Client, book: Product) -> Download:
    assert buy(as_shopper, {"product": "book", **CONSENT}).status_code == 201
    return Download.objects.get()


def file_url(download: Download) -> str:
    return f"{download.get_absolute_url()}file/"


def fetch(client: Client, download: Download, headers: dict[str, str] | None = None) -> tuple[Any, bytes]:
    """Return the answer to a request for the file, and what it had. Reading all of it closes the file."""
    answer: Any = client.get(file_url(download), headers=headers or {})
    return answer, b"".join(answer.streaming_content) if answer.streaming else answer.content


def test_digital_goods_are_not_shipped_and_never_sell_out(as_shopper: Client, book: Product) -> None:
    answer = quote(as_shopper, {"product": "book", "quantity": 3}).json()
    assert (answer["shipping"]["amount_minor"], answer["is_buyable"]) == (0, True)
    assert (answer["needs_download_consent"], book.can_be_picked_up) == (True, False)
    make_product("mug", stock=1, price_minor=1000)
    mixed = quote(as_shopper, {"lines": [{"product": "book"}, {"product": "mug"}]}).json()
    assert mixed["shipping"]["amount_minor"] == 499


def test_order_needs_the_express_consent(as_shopper: Client, book: Product) -> None:
    answer = buy(as_shopper, {"product": "book"})
    assert answer.status_code == 409 and "Agree to the immediate download first." in answer.json()["detail"]
    assert Order.objects.count() == 0
    assert buy(as_shopper, {"product": "book", **CONSENT}, key="key-0002").status_code == 201
    assert Order.objects.get().download_agreed_at is not None


def test_consent_is_asked_at_checkout_and_never_ticked_at_first(as_shopper: Client, book: Product) -> None:
    as_shopper.post("/api/v1/bag/", {"product": "book", "quantity": 1}, content_type="application/json")
    page = as_shopper.get("/checkout/").content.decode()
    assert "I want to download at once" in page
    form = read_form(page, field="expected_total_minor")
    assert "agrees_to_download" not in form
    assert as_shopper.post("/checkout/", form).status_code == 409
    assert Order.objects.count() == 0
    assert as_shopper.post("/checkout/", form | {"agrees_to_download": "on"}).status_code == 302
    assert Order.objects.count() == 1


def test_page_and_email_have_the_link_and_the_file_is_private(
    as_shopper: Client, client: Client, download: Download, mailoutbox: list[EmailMessage]
) -> None:
    order = Order.objects.get()
    assert download.get_absolute_url() in as_shopper.get(order.get_absolute_url()).content.decode()
    line = as_shopper.get(f"/api/v1/orders/{order.code}/").json()["lines"][0]
    assert (line["download"]["url"], line["download"]["left"]) == (download.get_absolute_url(), MAX_DOWNLOADS)
    mail_orders(now=timezone.now())
    text = next(message.body for message in mailoutbox if "downloads" in message.subject)
    assert download.get_absolute_url() in text and "can't withdraw" in text
    page = client.get(download.get_absolute_url())
    assert page.status_code == 200 and "Knots.pdf" in page.content.decode()
    download.refresh_from_db()
    assert download.left == MAX_DOWNLOADS
    answer, body = fetch(client, download)
    assert (answer.status_code, body) == (200, PDF)
    assert answer["Content-Disposition"] == 'attachment; filename="Knots.pdf"'
    assert (answer["Content-Type"], answer["Cache-Control"]) == ("application/pdf", "private, no-store")
    assert client.get(f"/media/{DigitalFile.objects.get().stored_name}").status_code == 404


def test_nginx_sends_the_file_after_the_check(client: Client, download: Download, settings: Any) -> None:
    settings.MEDIA_ACCEL_PREFIX = "/protected/"
    answer = client.get(file_url(download))
    assert answer["X-Accel-Redirect"] == f"/protected/{DigitalFile.objects.get().stored_name}"
    assert answer["Content-Disposition"].startswith("attachment")


def test_downloads_are_limited_and_resuming_is_no_other_one(client: Client, download: Download) -> None:
    rest = {"Range": "bytes=100-"}
    assert fetch(client, download, rest)[0].status_code == 206
    download.refresh_from_db()
    assert download.left == MAX_DOWNLOADS - 1  # it began nowhere else
    answer, body = fetch(client, download, rest)
    assert (answer.status_code, body) == (206, PDF[100:])
    assert client.head(file_url(download)).status_code == 200
    for _time in range(MAX_DOWNLOADS - 1):
        assert fetch(client, download)[0].status_code == 200
    answer = client.get(file_url(download))
    assert answer.status_code == 403 and "as often as the link allows" in answer.content.decode()
    assert fetch(client, download, rest)[0].status_code == 206
    Download.objects.update(last_at=timezone.now() - RESUMABLE_FOR)
    assert fetch(client, download, rest)[0].status_code == 403
    download.refresh_from_db()
    assert download.left == 0


def test_link_expires_and_staff_renew_it(client: Client, download: Download, settings: Any) -> None:
    settings.STAFF_REQUIRE_MFA = False
    Download.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    answer = client.get(file_url(download))
    assert answer.status_code == 403 and "This link has expired." in answer.content.decode()
    packer = client_of(make_packer())
    url = f"/admin/shop/download/{download.pk}/change/"
    form = read_form(packer.get(url).content.decode(), field="left") | {"left": "2"}
    later = timezone.localtime() + timedelta(days=3)
    form |= {"expires_at_0": later.strftime("%Y-%m-%d"), "expires_at_1": later.strftime("%H:%M:%S")}
    assert packer.post(url, form).status_code == 302
    assert fetch(client, download)[0].status_code == 200


@pytest.mark.parametrize("place", [-1, 0, 5])
def test_link_is_not_guessed(client: Client, download: Download, place: int) -> None:
    token = download.token
    other = token[:place] + ("a" if token[place] != "a" else "b") + token[place:][1:]
    assert client.get(download.get_absolute_url().replace(token, other)).status_code == 404
    assert client.get(file_url(download).replace(token, other)).status_code == 404
    download.refresh_from_db()
    assert download.left == MAX_DOWNLOADS


def test_refund_ends_the_link(client: Client, as_shopper: Client, download: Download) -> None:
    order = Order.objects.get()
    plan_refund(order_id=order.pk, created_by=None, now=timezone.now())
    for url in (download.get_absolute_url(), file_url(download)):
        answer = client.get(url)
        assert answer.status_code == 403 and "This was refunded" in answer.content.decode()
    assert download.get_absolute_url() not in as_shopper.get(order.get_absolute_url()).content.decode()


def test_disputed_payment_pauses_the_link(client: Client, download: Download) -> None:
    Order.objects.update(state="disputed")
    assert client.get(file_url(download)).status_code == 403
    Order.objects.update(state="paid")
    assert fetch(client, download)[0].status_code == 200


def test_windows_count_from_the_link_and_the_download_ends_the_right_to_return(
    as_shopper: Client, client: Client, download: Download, settings: Any
) -> None:
    order, parcel = Order.objects.get(), Parcel.objects.get()
    line = order.lines.get()
    assert (parcel.state_name, parcel.delivered_at, order.packing_due_at) == ("Handed over", order.paid_at, None)
    assert line.payable_at == order.paid_at + timedelta(days=settings.RETURN_DAYS)
    assert line.unpacked_quantity == 0
    assert f'name="line-{line.pk}"' in as_shopper.get(order.get_absolute_url()).content.decode()
    fetch(client, download)
    assert "once its download began" in as_shopper.get(order.get_absolute_url()).content.decode()
    as_shopper.post(f"/orders/{order.code}/return/", {f"line-{line.pk}": "1"})
    assert order.refunds.count() == 0


def test_parcel_of_links_takes_no_step(download: Download, settings: Any) -> None:
    settings.STAFF_REQUIRE_MFA = False
    packer, parcel = client_of(make_packer()), Parcel.objects.get()
    assert "/lose/" not in packer.get(f"/admin/shop/parcel/{parcel.pk}/change/").content.decode()
    assert packer.post(f"/admin/shop/parcel/{parcel.pk}/lose/").status_code == 422
    parcel.refresh_from_db()
    assert parcel.state == "delivered"


def test_merchants_upload_on_a_page_and_in_the_api() -> None:
    lamps = make_merchant("lamps")
    variant = variant_of(make_product("plan", merchant=lamps, stock=0))
    as_owner = client_of(make_member(lamps))
    page = f"/merchant/products/plan/variants/{variant.pk}/file/"
    assert as_owner.post(page, {"file": upload()}).status_code == 302
    variant.refresh_from_db()
    assert (variant.is_digital, variant.is_counted) == (True, False)
    first = DigitalFile.objects.get().stored_name
    api = f"/api/v1/merchants/lamps/products/plan/variants/{variant.pk}/file/"
    boundary = "----x"
    body = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="Plan.pdf"\r\n\r\n'.encode()
        + PDF
        + f"\r\n--{boundary}--\r\n".encode()
    )
    answer = as_owner.put(api, body, content_type=f"multipart/form-data; boundary={boundary}")
    assert (answer.status_code, answer.json()["variants"][0]["is_digital"]) == (200, True)
    assert DigitalFile.objects.get().file_name == "Plan.pdf"
    assert "Plan.pdf" in as_owner.get(page).content.decode()
    assert DigitalFile.objects.get().stored_name != first


def test_others_upload_nothing(client: Client) -> None:
    lamps: Merchant = make_merchant("lamps")
    variant = variant_of(make_product("plan", merchant=lamps))
    page = f"/merchant/products/plan/variants/{variant.pk}/file/"
    for user, status in {make_member(lamps, MerchantRole.PACKER): 403, make_member(make_merchant()): 404}.items():
        assert client_of(user).post(page, {"file": upload()}).status_code == status
        url = f"/api/v1/merchants/lamps/products/plan/variants/{variant.pk}/file/"
        assert client_of(user).put(url).status_code == status
    assert client.post(f"/admin/catalog/digitalfile/upload/{variant.pk}/", {"file": upload()}).status_code == 302
    assert DigitalFile.objects.count() == 0


def test_staff_upload_for_the_house(client: Client, settings: Any) -> None:
    settings.STAFF_REQUIRE_MFA = False
    staff = make_user("catalogue@example.com", is_staff=True)
    staff.groups.add(Group.objects.get(name="Catalogue manager"))
    client.force_login(staff)
    variant = variant_of(make_product("book"))
    url = f"/admin/catalog/digitalfile/upload/{variant.pk}/"
    assert client.post(url, {"file": upload()}).status_code == 302
    assert url in client.get(f"/admin/catalog/variant/{variant.pk}/change/").content.decode()
    assert Variant.objects.get().is_digital


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("page.html", b"<script>"),
        ("Knots.pdf", b"<script>alert(1)</script>"),
        ("Knots", PDF),
        ("Knots.pdf.exe", b"MZ"),
        ("Knots.pdf", b""),
    ],
)
def test_file_of_another_kind_is_refused(client: Client, settings: Any, name: str, content: bytes) -> None:
    lamps = make_merchant("lamps")
    variant = variant_of(make_product("plan", merchant=lamps))
    as_owner = client_of(make_member(lamps))
    answer = as_owner.post(f"/merchant/products/plan/variants/{variant.pk}/file/", {"file": upload(name, content)})
    assert answer.status_code == 422
    variant.refresh_from_db()
    assert (DigitalFile.objects.count(), variant.is_digital) == (0, False)


def test_file_that_is_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("catalog.digital_files.MAX_BYTES", 100)
    lamps = make_merchant("lamps")
    variant = variant_of(make_product("plan", merchant=lamps))
    as_owner = client_of(make_member(lamps))
    answer = as_owner.post(f"/merchant/products/plan/variants/{variant.pk}/file/", {"file": upload()})
    assert answer.status_code == 422 and re.search("larger than", answer.content.decode())
    assert (MAX_BYTES, DigitalFile.objects.count()) == (25_000_000, 0)


def test_later_file_takes_the_place_of_the_earlier_one(
    client: Client, download: Download, django_capture_on_commit_callbacks: Any
) -> None:
    first, variant = DigitalFile.objects.get().stored_name, variant_of(Product.objects.get())
    with django_capture_on_commit_callbacks(execute=True):
        store_digital_file(
            variant=variant, upload=upload(content=PDF + b"2"), uploaded_by=make_user(), now=timezone.now()
        )
    assert fetch(client, download)[1] == PDF + b"2"
    assert not storages["default"].exists(first)
