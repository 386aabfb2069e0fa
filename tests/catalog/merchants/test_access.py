"""Only members of a merchant open its area, each with their role, for as long as they are members."""

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from accounts.models import User
from catalog.merchants.access import merchant_required, require_member
from catalog.models import Merchant, MerchantMember, MerchantRole, MerchantState
from tests.conftest import client_of
from tests.factories import make_member, make_merchant

pytestmark = pytest.mark.django_db


@pytest.fixture
def lamps() -> Merchant:
    return make_merchant("lamps", name="Lamp House")


@merchant_required(MerchantRole.OWNER, MerchantRole.MANAGER)
def show_to_managers(request: HttpRequest, member: MerchantMember, page: str) -> HttpResponse:
    return HttpResponse(f"{page} of {member.merchant.slug}")


def ask(user: User) -> HttpRequest:
    request = RequestFactory().get("/merchant/")
    request.user, request.session = user, client_of(user).session
    return request


def test_visitors_sign_in_first_and_others_are_led_to_the_application(as_stranger: Client) -> None:
    assert Client().get("/merchant/").headers["Location"] == "/accounts/login/?next=/merchant/"
    assert as_stranger.get("/merchant/").headers["Location"] == "/merchant/apply/"
    assert as_stranger.get("/merchant/apply/").status_code == 200


@pytest.mark.parametrize("role", MerchantRole)
def test_members_open_their_area_whatever_their_role(lamps: Merchant, role: MerchantRole) -> None:
    answer = client_of(make_member(lamps, role)).get("/merchant/")
    assert answer.status_code == 200
    assert "Lamp House" in answer.content.decode() and str(role.label) in answer.content.decode()


@pytest.mark.parametrize("state", [MerchantState.APPLIED, MerchantState.REFUSED])
def test_the_area_is_closed_until_the_merchant_is_approved(lamps: Merchant, state: MerchantState) -> None:
    client = client_of(make_member(lamps))
    Merchant.objects.filter(pk=lamps.pk).update(state=state)
    assert client.get("/merchant/").headers["Location"] == "/merchant/apply/"


def test_a_suspended_merchant_opens_its_area_and_reads_why(lamps: Merchant) -> None:
    Merchant.objects.filter(pk=lamps.pk).update(state=MerchantState.SUSPENDED, decision_reason="Parcels were late.")
    page = client_of(make_member(lamps)).get("/merchant/").content.decode()
    assert "the shop suspended you" in page and "Parcels were late." in page


def test_views_for_some_roles_refuse_the_others(lamps: Merchant) -> None:
    manager, packer = make_member(lamps, MerchantRole.MANAGER), make_member(lamps, MerchantRole.PACKER)
    assert show_to_managers(ask(manager), page="Products").content == b"Products of lamps"  # type: ignore[attr-defined]
    with pytest.raises(PermissionDenied):
        show_to_managers(ask(packer), page="Products")


def test_the_api_names_its_merchant_and_knows_members_of_no_other(lamps: Merchant) -> None:
    request, rival = ask(make_member(lamps, MerchantRole.PACKER)), make_merchant("rival")
    assert require_member(request, lamps.slug).role == MerchantRole.PACKER
    with pytest.raises(PermissionDenied):
        require_member(request, lamps.slug, MerchantRole.OWNER)
    for slug in (rival.slug, "house", "nobody"):
        with pytest.raises(Http404):
            require_member(request, slug)


def test_who_acts_for_several_merchants_chooses_one(lamps: Merchant) -> None:
    user = make_member(lamps)
    chairs = make_merchant("chairs", name="Chair Makers")
    make_member(chairs, MerchantRole.PACKER, user)
    client = client_of(user)
    assert '<p class="soft"><bdi>Lamp House</bdi></p>' in client.get("/merchant/").content.decode()
    assert client.post("/merchant/choose/", {"merchant": chairs.pk}).status_code == 302
    assert '<p class="soft"><bdi>Chair Makers</bdi></p>' in client.get("/merchant/").content.decode()


def test_nobody_chooses_a_merchant_of_others(lamps: Merchant) -> None:
    client, rival = client_of(make_member(lamps)), make_merchant("rival")
    for choice in (str(rival.pk), "1", "x", ""):
        assert client.post("/merchant/choose/", {"merchant": choice}).status_code == 404
    assert "merchant" not in client.session
    assert client.get("/merchant/choose/").status_code == 405


def test_removal_ends_access_at_once_also_where_it_was_chosen(lamps: Merchant) -> None:
    user = make_member(lamps)
    client = client_of(user)
    client.post("/merchant/choose/", {"merchant": lamps.pk})
    MerchantMember.objects.filter(user=user).delete()
    assert client.get("/merchant/").headers["Location"] == "/merchant/apply/"
