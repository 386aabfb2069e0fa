"""Addresses by country: in the form without JavaScript, in the API, in the address book, and on labels."""

from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.utils.translation import override
from pytest_django.fixtures import Settings

from accounts.models import User
from catalog.countries import country_codes
from shop.address_rules import AddressInvalid, clean_address, format_lines, get_address_fields
from shop.models import Address, BillingAddress, Order
from tests.factories import make_product
from tests.html_forms import read_form
from tests.shop.conftest import ADDRESS, buy

DUBAI = {"name": "Layla", "street": "Marina Walk 5", "region": "Dubai", "country_code": "AE"}
TOKYO = {"name": "Aiko", "street": "中央区銀座1-2-3", "region": "Tokyo", "postal_code": "1040061", "country_code": "JP"}
BERLIN = {"name": "Erika", "street": "Torstr. 1", "city": "Berlin", "postal_code": "10119", "country_code": "DE"}


def clean(values: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in clean_address(values).items() if value}


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        (DUBAI, {"region": "إمارة دبيّ"}),
        ({**DUBAI, "region": "دبي"}, {"region": "إمارة دبيّ"}),
        ({**DUBAI, "region": "", "city": "dubai"}, {"region": "إمارة دبيّ"}),
        ({**ADDRESS, "region": "illinois"}, {"region": "IL"}),
        (
            {**TOKYO, "postal_code": "〒１０４−００６１".replace("−", "-")},
            {"postal_code": "104-0061", "region": "東京都"},
        ),
        ({**BERLIN, "postal_code": "١٠١١٩"}, {"postal_code": "10119"}),
        ({**BERLIN, "phone": "0049 30 (123) 45-67"}, {"phone": "+49301234567"}),
        ({**BERLIN, "name": "  Erika \n M. "}, {"name": "Erika M."}),
    ],
)
def test_address_is_stored_as_its_country_writes_it(typed: dict[str, str], stored: dict[str, str]) -> None:
    assert stored.items() <= clean(typed).items()


@pytest.mark.parametrize(
    ("typed", "sentences"),
    [
        ({**DUBAI, "region": ""}, {"region": "This field is required."}),
        ({**DUBAI, "region": "Texas"}, {"region": "Choose one from the list."}),
        (
            {**ADDRESS, "postal_code": "6270"},
            {"postal_code": "ZIP code: write it like 60000."},
        ),
        (
            {**ADDRESS, "postal_code": "90210"},
            {"postal_code": "ZIP code: this one does not belong to the chosen region."},
        ),
        (
            {**BERLIN, "postal_code": "ABC"},
            {"postal_code": "Postal code: write it like 26133."},
        ),
        ({**BERLIN, "city": ""}, {"city": "This field is required."}),
        (
            {**BERLIN, "phone": "030"},
            {"phone": "Write a complete phone number, for example \u2066+49 1512 3456789\u2069."},
        ),
        ({**BERLIN, "country_code": "ZZ"}, {"country_code": "Choose a country."}),
        ({**BERLIN, "country_code": "all"}, {"country_code": "Choose a country."}),
        ({**BERLIN, "name": " "}, {"name": "This field is required."}),
    ],
)
def test_wrong_address_gets_a_sentence_at_each_field(typed: dict[str, str], sentences: dict[str, str]) -> None:
    with pytest.raises(AddressInvalid) as refusal:
        clean_address(typed)
    assert refusal.value.errors == sentences


def test_every_country_has_fields_labels_and_a_format() -> None:
    for code in country_codes():
        fields = get_address_fields(code)
        assert fields[0].column == "street" and all(field.label for field in fields)
        values = {"name": "N", "street": "S 1", "city": "C", "region": "R", "postal_code": "1", "country_code": code}
        lines = format_lines({"company": "", "extra": "", "district": "", **values})
        assert "N" in lines and all(any(part in line for line in lines) for part in ("S 1", "C", "R", "1")), code


def test_fields_are_called_as_in_their_country() -> None:
    labels = {
        code: {field.column: field.label for field in get_address_fields(code)} for code in ("AE", "JP", "US", "IE")
    }
    assert (labels["AE"]["region"], labels["JP"]["region"], labels["US"]["region"]) == (
        "Emirate",
        "Prefecture",
        "State",
    )
    assert (labels["US"]["postal_code"], labels["IE"]["postal_code"]) == ("ZIP code", "Eircode")
    assert "postal_code" not in labels["AE"] and "city" not in labels["AE"]
    with override("ar"):
        [emirate] = [field for field in get_address_fields("AE") if field.column == "region"]
        assert "دبي" in dict(emirate.choices).values()


def lines_of(values: dict[str, str]) -> list[str]:
    return Address(**clean(values)).label_lines


def test_labels_follow_the_country_and_the_script() -> None:
    assert lines_of(DUBAI) == ["Layla", "Marina Walk 5", "Dubai", "United Arab Emirates"]
    assert lines_of(TOKYO) == ["〒1040061", "東京都", "中央区銀座1-2-3", "Aiko", "Japan"]
    latin = {**TOKYO, "street": "1-2-3 Ginza, Chuo-ku"}
    assert lines_of(latin) == ["Aiko", "1-2-3 Ginza, Chuo-ku, Tokyo", "1040061", "Japan"]
    assert lines_of({**BERLIN, "company": "ACME"}) == ["Erika", "ACME", "Torstr. 1", "10119 Berlin", "Germany"]
    assert lines_of(ADDRESS) == ["Sam Shopper", "1 Main Street", "Springfield, IL 62701", "United States"]
    with override("ar"):
        assert lines_of(BERLIN)[-1] == "ألمانيا"


def test_old_address_with_a_city_that_its_country_has_no_line_for_keeps_it() -> None:
    old = Address(name="L", street="Street 1", city="Al Ain", region="أبو ظبي", postal_code="00000", country_code="AE")
    assert old.label_lines == ["L", "Street 1", "Al Ain 00000", "Abu Dhabi", "United Arab Emirates"]


@pytest.mark.django_db
def test_guest_orders_to_dubai_without_javascript_and_without_a_postal_code(client: Client) -> None:
    make_product("mug", price_minor=4000)
    client.post("/bag/", {"product": "mug", "quantity": 1})
    form = read_form(client.get("/checkout/").content.decode(), field="key")
    typed = {"email": "l@example.com", "name": "Layla", "street": "Marina Walk 5", "city": "Springfield"}
    page = client.post("/checkout/", form | typed | {"country_code": "AE", "then": "country"}).content.decode()
    assert "Emirate" in page and 'type="hidden" name="postal_code"' in page and 'value="Marina Walk 5"' in page
    assert "This field is required." not in page and "errorlist" not in page
    assert read_form(page, field="key")["city"] == "Springfield"  # hidden, for when the country is changed back
    again = read_form(page, field="key") | {"region": "إمارة دبيّ"}
    assert client.post("/checkout/", again).status_code == 302
    order = Order.objects.get()
    assert order.label_lines == ["Layla", "Marina Walk 5", "Dubai", "United Arab Emirates"]


@pytest.mark.django_db
@pytest.mark.parametrize(("chosen", "country"), [("", "US"), ("ae", "AE"), ("zz", "US"), ("<b>", "US")])
def test_fields_for_the_sheet_are_those_of_the_chosen_country(client: Client, chosen: str, country: str) -> None:
    page = client.get("/addresses/fields/", {"country_code": chosen}).content.decode()
    assert f'<option value="{country}" selected>' in page and (">Emirate<" in page) is (country == "AE")


@pytest.mark.django_db
@pytest.mark.parametrize("address", [DUBAI, TOKYO, BERLIN, ADDRESS])
def test_api_takes_the_addresses_of_each_country(client: Client, address: dict[str, str]) -> None:
    make_product("mug")
    placed = buy(client, {"product": "mug", "email": "g@example.com", "address": address})
    assert placed.status_code == 201, placed.json()
    assert placed.json()["address"] == Order.objects.get().label_lines


@pytest.mark.django_db
def test_api_names_the_wrong_fields(client: Client) -> None:
    make_product("mug")
    body = {"product": "mug", "email": "g@example.com", "expected_total_minor": 1}
    response = buy(client, {**body, "address": {**ADDRESS, "region": "", "postal_code": "1"}})
    assert response.status_code == 400
    assert set(response.json()["address"]) == {"region", "postal_code"}
    fields = client.get("/api/v1/address-fields/jp/").json()
    assert [field["column"] for field in fields] == ["street", "extra", "region", "postal_code"]
    assert client.get("/api/v1/address-fields/zz/").status_code == 404


@pytest.mark.django_db
def test_phone_is_required_where_the_carrier_needs_it(client: Client, settings: Settings) -> None:
    settings.PHONE_COUNTRIES = ["AE"]
    make_product("mug")
    body: dict[str, Any] = {"product": "mug", "email": "g@example.com"}
    refused = buy(client, {**body, "address": DUBAI, "expected_total_minor": 1})
    assert refused.json() == {"address": {"phone": ["The carrier needs a phone number in this country."]}}
    assert buy(client, {**body, "address": {**DUBAI, "phone": "+971 50 123 4567"}}).status_code == 201
    assert Order.objects.get().phone == "+971501234567"


@pytest.mark.django_db
def test_address_book_has_names_a_default_and_can_be_edited(as_shopper: Client, shopper: User) -> None:
    assert "No addresses yet" in as_shopper.get("/addresses/").content.decode()
    for label, address in (("Home", ADDRESS), ("Work", BERLIN)):
        assert as_shopper.post("/addresses/new/", {**address, "label": label}).status_code == 302
    home, work = Address.objects.order_by("pk")
    assert (home.is_default, work.is_default, work.label) == (True, False, "Work")
    as_shopper.post(f"/addresses/{work.pk}/default/")
    page = as_shopper.get("/addresses/").content.decode()
    assert page.index("Work") < page.index("Home")
    assert 'aria-label="Delete the address “Home”">Delete</summary>' in page
    refreshed = as_shopper.post("/addresses/new/", {**BERLIN, "country_code": "JP", "then": "country", "label": "Spa"})
    assert refreshed.status_code == 200 and Address.objects.count() == 2
    assert "Prefecture" in refreshed.content.decode() and 'value="Spa"' in refreshed.content.decode()
    changed = read_form(as_shopper.get(f"/addresses/{work.pk}/").content.decode(), field="street")
    assert as_shopper.post(f"/addresses/{work.pk}/", changed | {"city": "Potsdam"}).status_code == 302
    wrong = as_shopper.post(f"/addresses/{work.pk}/", changed | {"postal_code": "x", "city": "Ulm"})
    assert wrong.status_code == 422 and 'value="Ulm"' in wrong.content.decode()
    work.refresh_from_db()
    assert (work.city, work.is_default) == ("Potsdam", True)
    as_shopper.post(f"/addresses/{work.pk}/delete/")
    assert list(Address.objects.values_list("pk", "is_default")) == [(home.pk, True)]


@pytest.mark.django_db
def test_strangers_addresses_are_not_found(as_stranger: Client, saved_address: Address) -> None:
    make_product("mug")
    pk = saved_address.pk
    assert as_stranger.get(f"/addresses/{pk}/").status_code == 404
    for path in (f"/addresses/{pk}/delete/", f"/addresses/{pk}/default/", f"/addresses/{pk}/"):
        assert as_stranger.post(path, {**ADDRESS, "city": "Mine"}).status_code == 404
    for method in (as_stranger.get, as_stranger.patch, as_stranger.delete):
        assert method(f"/api/v1/addresses/{pk}/").status_code == 404
    refused = buy(as_stranger, {"product": "mug", "address_id": pk, "expected_total_minor": 1})
    assert (refused.status_code, list(refused.json())) == (400, ["address_id"])
    saved_address.refresh_from_db()
    assert saved_address.city == "Springfield"


@pytest.mark.django_db
def test_address_book_in_the_api(as_shopper: Client, shopper: User) -> None:
    first = as_shopper.post("/api/v1/addresses/", {**ADDRESS, "label": "Home"}, "application/json")
    body = {**DUBAI, "is_default": True}
    key = {"Idempotency-Key": "k-1"}
    second = as_shopper.post("/api/v1/addresses/", body, "application/json", headers=key)
    again = as_shopper.post("/api/v1/addresses/", body, "application/json", headers=key)
    assert (first.status_code, second.status_code, again.json()) == (201, 201, second.json())
    assert [address["lines"][0] for address in as_shopper.get("/api/v1/addresses/").json()] == ["Layla", "Sam Shopper"]
    path = f"/api/v1/addresses/{first.json()['id']}/"
    assert as_shopper.patch(path, {"street": "2 Side Street"}, "application/json").json()["label"] == "Home"
    assert as_shopper.patch(path, {"postal_code": "1"}, "application/json").status_code == 400
    assert as_shopper.delete(path).status_code == 204
    assert Address.objects.get().is_default


@pytest.mark.django_db
def test_address_book_ends_at_twenty(as_shopper: Client, shopper: User) -> None:
    Address.objects.bulk_create(Address(user=shopper, **{**ADDRESS, "street": f"{n} Street"}) for n in range(20))
    page = as_shopper.post("/addresses/new/", BERLIN)
    assert "You can save 20 addresses." in unescape(page.content.decode()) and page.status_code == 422
    assert as_shopper.post("/api/v1/addresses/", BERLIN, "application/json").status_code == 409
    make_product("mug")
    assert buy(as_shopper, {"product": "mug", "address": BERLIN}).status_code == 201
    assert Address.objects.count() == 20


@pytest.mark.django_db
def test_saved_address_is_chosen_at_checkout_and_the_invoice_goes_elsewhere(as_shopper: Client, shopper: User) -> None:
    make_product("mug")
    Address.objects.create(user=shopper, is_default=True, **ADDRESS)
    berlin = Address.objects.create(user=shopper, **BERLIN)
    as_shopper.post("/bag/", {"product": "mug", "quantity": 1})
    form = read_form(as_shopper.get("/checkout/").content.decode(), field="key")
    billing = {f"billing-{name}": value for name, value in DUBAI.items()}
    typed = form | {"address": str(berlin.pk), "has_billing": "on"} | billing
    assert as_shopper.post("/checkout/", typed).status_code == 302
    order = Order.objects.get()
    assert (order.city, Address.objects.count()) == ("Berlin", 2)
    assert order.billing_lines == ["Layla", "Marina Walk 5", "Dubai", "United Arab Emirates"]
    page = as_shopper.get(f"/orders/{order.code}/").content.decode()
    assert "Marina Walk 5" in page and "Torstr. 1" in page


@pytest.mark.django_db
@pytest.mark.parametrize("hidden", ["billing-name", "name"])
def test_hidden_address_keeps_no_order_back(as_shopper: Client, shopper: User, hidden: str) -> None:
    make_product("mug")
    saved = Address.objects.create(user=shopper, is_default=True, **ADDRESS)
    as_shopper.post("/bag/", {"product": "mug", "quantity": 1})
    form = read_form(as_shopper.get("/checkout/").content.decode(), field="key")
    typed = form | {"address": str(saved.pk), hidden: "x" * 101, "billing-country_code": "ZZ"}
    typed.pop("has_billing", None)
    assert as_shopper.post("/checkout/", typed).status_code == 302
    assert (Order.objects.get().name, BillingAddress.objects.count()) == (ADDRESS["name"], 0)


@pytest.mark.django_db
def test_address_typed_at_checkout_is_saved_once_if_wanted(as_shopper: Client, shopper: User) -> None:
    make_product("mug")
    for number, is_saved in enumerate((False, True, True)):
        body = {"product": "mug", "address": BERLIN, "save_address": is_saved, "billing_address": DUBAI}
        assert buy(as_shopper, body, key=f"key-000{number}").status_code == 201
        assert Address.objects.count() == int(is_saved)
    assert BillingAddress.objects.count() == 3
