"""People with a verified address apply to sell here, once at a time, under a name that nobody can mistake."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from catalog.models import Merchant, MerchantMember
from tests.catalog.merchants.conftest import APPLICATION, verify
from tests.conftest import client_of
from tests.factories import make_merchant, make_user

pytestmark = pytest.mark.django_db


def apply(client: Client, **values: str) -> Any:
    return client.post("/merchant/apply/", APPLICATION | values)


def test_an_application_waits_for_the_shop(as_shopper: Client, shopper: User) -> None:
    verify(shopper)
    assert apply(as_shopper).status_code == 302
    merchant = Merchant.objects.get(slug="lamp-house")
    assert (merchant.state, merchant.applicant, merchant.phone) == ("applied", shopper, "+35312345678")
    assert (merchant.vat_number, merchant.address) == ("IE6388047V", "3 Mill Lane\nDublin")
    assert merchant.terms_accepted_at is not None
    assert MerchantMember.objects.get().role == "owner"
    assert "is being looked at" in as_shopper.get("/merchant/apply/").content.decode()
    assert as_shopper.get("/merchant/").headers["Location"] == "/merchant/apply/"


def test_an_address_must_be_verified_first(as_shopper: Client) -> None:
    assert "Confirm your email address first" in as_shopper.get("/merchant/apply/").content.decode()
    assert apply(as_shopper).status_code == 409
    assert Merchant.objects.count() == 1, "the house alone"


def test_one_application_is_open_at_a_time(as_shopper: Client, shopper: User) -> None:
    verify(shopper)
    apply(as_shopper)
    assert apply(as_shopper, name="Chair Makers").status_code == 409
    assert list(Merchant.objects.order_by("pk").values_list("slug", flat=True)) == ["house", "lamp-house"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *(("name", name) for name in ("", "Support", "Feedsite", "feed s1te", "\u043cilk", "...", "L" * 81)),
        *(("vat_number", number) for number in ("IE1", "DE136695977")),
        *(("phone", number) for number in ("12", "call me", "")),
        *(("country", code) for code in ("", "XX")),
        *(("email", email) for email in ("", "lamps")),
        *((name, "") for name in ("legal_name", "address", "sells", "accepts_terms")),
    ],
)
def test_what_cannot_be_right_is_refused_at_its_field(
    as_shopper: Client, shopper: User, field: str, value: str
) -> None:
    verify(shopper)
    answer = apply(as_shopper, **{field: value})
    assert answer.status_code == 422 and answer.context["form"].errors[field]
    assert Merchant.objects.count() == 1


@pytest.mark.parametrize("name", ["lamp house", "L\u00e1mp-House", "Larnp House", "Lamp H0use", "LampHouse"])
def test_a_name_that_looks_like_another_merchants_is_refused(as_shopper: Client, shopper: User, name: str) -> None:
    verify(shopper)
    make_merchant("lamps", name="Lamp House")
    answer = apply(as_shopper, name=name)
    assert answer.status_code == 409
    assert answer.context["form"].errors["name"] == [
        "This name looks too much like another merchant's. Choose another."
    ]
    assert not Merchant.objects.filter(applicant=shopper).exists()


def test_a_declined_application_is_changed_and_sent_again(as_shopper: Client, shopper: User) -> None:
    verify(shopper)
    apply(as_shopper)
    Merchant.objects.filter(applicant=shopper).update(state="refused", decision_reason="Say more.")
    page = as_shopper.get("/merchant/apply/").content.decode()
    assert "Say more." in page and 'value="Lamp House Ltd."' in page
    assert apply(as_shopper, sells="Lamps from our own workshop").status_code == 302
    merchant = Merchant.objects.get(applicant=shopper)
    assert (merchant.state, merchant.sells, merchant.decision_reason) == ("applied", "Lamps from our own workshop", "")


def test_names_without_latin_letters_get_an_address(as_shopper: Client, shopper: User) -> None:
    verify(shopper)
    assert apply(as_shopper, name="متجر المصابيح").status_code == 302
    assert Merchant.objects.get(applicant=shopper).slug == "merchant"
    other = verify(make_user("other@example.com"))
    assert apply(client_of(other), name="בית המנורות").status_code == 302
    assert Merchant.objects.get(applicant=other).slug.startswith("merchant-")


def test_the_api_takes_an_application_once(as_shopper: Client, shopper: User) -> None:
    verify(shopper)
    body = APPLICATION | {"accepts_terms": True}
    headers = {"Idempotency-Key": "key-00001"}
    for _time in range(2):
        answer = as_shopper.post("/api/v1/merchants/", body, content_type="application/json", headers=headers)
        assert (answer.status_code, answer.json()["state"]) == (201, "applied")
    answer = as_shopper.post("/api/v1/merchants/", body | {"phone": "12"}, content_type="application/json")
    assert answer.status_code == 400 and "phone" in answer.json()
    assert as_shopper.get("/api/v1/merchants/").json() == []
    assert Client().post("/api/v1/merchants/", body, content_type="application/json").status_code == 403
    assert Merchant.objects.count() == 2
