"""Owners and managers change what their merchant's page says, and nothing that another page has changed since."""

import pytest

from catalog.models import Merchant, MerchantRole
from tests.conftest import client_of
from tests.factories import make_member, make_merchant

pytestmark = pytest.mark.django_db
FORM = {"place": " Leeds\u202e ", "shipping_note": "On Mondays.", "return_note": "", "takes_messages": "on"}


def test_managers_change_their_page() -> None:
    lamps = make_merchant("lamps")
    client = client_of(make_member(lamps, MerchantRole.MANAGER))
    assert "Button for calls" in client.get("/merchant/page/").content.decode()
    assert client.post("/merchant/page/", FORM).status_code == 302
    lamps.refresh_from_db()
    assert (lamps.place, lamps.shipping_note, lamps.takes_messages) == ("Leeds", "On Mondays.", True)
    assert not lamps.shows_phone and not lamps.shows_email
    assert "On Mondays." in client.get("/sellers/lamps/").content.decode()


def test_packers_and_others_change_no_page() -> None:
    lamps = make_merchant("lamps")
    assert client_of(make_member(lamps, MerchantRole.PACKER)).post("/merchant/page/", FORM).status_code == 403
    assert client_of(make_member(make_merchant("rival"))).post("/merchant/page/", FORM).status_code == 302
    assert Merchant.objects.get(pk=lamps.pk).place == ""


def test_what_is_too_long_is_refused() -> None:
    lamps = make_merchant("lamps")
    answer = client_of(make_member(lamps)).post("/merchant/page/", FORM | {"shipping_note": "x" * 1001})
    assert answer.status_code == 422
    assert Merchant.objects.get(pk=lamps.pk).shipping_note == ""
