"""Owners invite people, change their roles and remove them; somebody always owns a merchant."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.mail import EmailMessage
from django.test import Client
from django.utils import timezone

from accounts.models import User
from catalog.merchants.erasure import forget_merchant_invitations
from catalog.models import Merchant, MerchantInvitation, MerchantMember, MerchantRole
from tests.conftest import client_of
from tests.factories import PASSWORD, make_member, make_merchant, make_user

pytestmark = pytest.mark.django_db
MEMBERS = "/merchant/members/"


def invite(client: Client, email: str = "packer@example.com", role: str = "packer") -> Any:
    return client.post(MEMBERS, {"email": email, "role": role})


def link_in(mail: EmailMessage) -> str:
    [path] = re.findall(r"/merchant/invitations/[\w-]+/", str(mail.body))
    return str(path)


def test_who_is_invited_acts_for_the_merchant(
    as_owner: Client, lamps: Merchant, mailoutbox: list[EmailMessage]
) -> None:
    assert invite(as_owner, "Packer@Example.com").status_code == 302
    [mail] = mailoutbox
    assert (mail.to, mail.subject) == (["packer@example.com"], "Lamp House invites you at feedsite")
    assert "packer@example.com" in as_owner.get(MEMBERS).content.decode()
    person = make_user("packer@example.com")
    client, link = client_of(person), link_in(mail)
    assert "You are invited to act for" in Client().get(link).content.decode()
    assert Client().post(link).headers["Location"].startswith("/accounts/login/")
    assert client.post(link).headers["Location"] == "/merchant/"
    assert MerchantMember.objects.get(user=person).role == "packer"
    assert client.get("/merchant/").status_code == 200
    assert client_of(make_user()).post(link).status_code == 409, "it works for one person"
    assert lamps.members.count() == 2


def test_withdrawn_and_old_links_do_not_work(as_owner: Client, mailoutbox: list[EmailMessage]) -> None:
    invite(as_owner)
    invitation, client = MerchantInvitation.objects.get(), client_of(make_user())
    MerchantInvitation.objects.update(expires_at=timezone.now() - timedelta(minutes=1))
    assert client.get(link_in(mailoutbox[0])).status_code == 404
    assert client.post(link_in(mailoutbox[0])).status_code == 409
    invite(as_owner)
    assert client.get(link_in(mailoutbox[1])).status_code == 200
    newer = MerchantInvitation.objects.latest("pk")
    assert newer.pk != invitation.pk
    as_owner.post(f"{MEMBERS}invitations/{newer.pk}/withdraw/")
    assert client.post(link_in(mailoutbox[1])).status_code == 409
    assert client.post("/merchant/invitations/unknown/").status_code == 409
    assert MerchantMember.objects.count() == 1


def test_nobody_is_invited_twice(as_owner: Client, owner: User, mailoutbox: list[EmailMessage]) -> None:
    invite(as_owner)
    assert invite(as_owner).status_code == 409
    assert invite(as_owner, owner.email.upper()).status_code == 409
    assert invite(as_owner, "x").status_code == 422
    assert invite(as_owner, "other@example.com", role="boss").status_code == 422
    assert (len(mailoutbox), MerchantInvitation.objects.count()) == (1, 1)


@pytest.mark.parametrize("role", [MerchantRole.MANAGER, MerchantRole.PACKER])
def test_others_than_owners_change_no_members(lamps: Merchant, owner: User, role: MerchantRole) -> None:
    client, member = client_of(make_member(lamps, role)), lamps.members.get(user=owner)
    assert client.get(MEMBERS).status_code == 403
    assert invite(client).status_code == 403
    assert client.post(f"{MEMBERS}{member.pk}/role/", {"role": "packer"}).status_code == 403
    assert client.post(f"{MEMBERS}{member.pk}/remove/").status_code == 403
    assert client.get("/merchant/settings/").status_code == 403
    assert client.delete(f"/api/v1/merchants/lamps/members/{member.pk}/").status_code == 403
    assert lamps.members.get(user=owner).role == "owner"


def test_members_of_other_merchants_are_not_changed(as_owner: Client) -> None:
    rival = make_merchant("rival")
    member = rival.members.get(user=make_member(rival))
    as_owner.post(f"{MEMBERS}{member.pk}/remove/")
    as_owner.post(f"{MEMBERS}{member.pk}/role/", {"role": "packer"})
    assert as_owner.delete(f"/api/v1/merchants/lamps/members/{member.pk}/").status_code == 409
    assert as_owner.delete(f"/api/v1/merchants/rival/members/{member.pk}/").status_code == 404
    assert rival.members.get().role == "owner"
    invite(client_of(member.user), "friend@example.com")
    invitation = MerchantInvitation.objects.get()
    as_owner.post(f"{MEMBERS}invitations/{invitation.pk}/withdraw/")
    invitation.refresh_from_db()
    assert invitation.withdrawn_at is None


def test_the_last_owner_stays(as_owner: Client, lamps: Merchant, owner: User) -> None:
    own = lamps.members.get(user=owner)
    as_owner.post(f"{MEMBERS}{own.pk}/remove/")
    as_owner.post(f"{MEMBERS}{own.pk}/role/", {"role": "packer"})
    as_owner.post("/merchant/leave/")
    assert as_owner.delete(f"/api/v1/merchants/lamps/members/{own.pk}/").status_code == 409
    assert lamps.members.get().role == "owner"
    second = lamps.members.get(user=make_member(lamps, MerchantRole.MANAGER))
    assert as_owner.post(f"{MEMBERS}{second.pk}/role/", {"role": "owner"}).status_code == 302
    as_owner.post("/merchant/leave/")
    assert list(lamps.members.values_list("user", flat=True)) == [second.user_id]


def test_removal_ends_access_at_once(as_owner: Client, lamps: Merchant) -> None:
    person = make_member(lamps, MerchantRole.MANAGER)
    client = client_of(person)
    assert client.get("/merchant/orders/").status_code == 200
    as_owner.post(f"{MEMBERS}{lamps.members.get(user=person).pk}/remove/")
    assert client.get("/merchant/orders/").headers["Location"] == "/merchant/apply/"
    assert client.get("/api/v1/merchants/lamps/orders/").status_code == 404


def test_the_api_lists_invites_and_changes_members(as_owner: Client, lamps: Merchant, owner: User) -> None:
    url, manager = "/api/v1/merchants/lamps/members/", make_member(lamps, MerchantRole.MANAGER)
    shown = as_owner.get(url).json()
    assert [(row["email"], row["role"]) for row in shown] == [(owner.email, "owner"), (manager.email, "manager")]
    body = {"email": "new@example.com", "role": "packer"}
    assert as_owner.post(url, body, content_type="application/json").status_code == 204
    assert as_owner.post(url, body, content_type="application/json").status_code == 409
    address = f"{url}{shown[1]['id']}/"
    answer = as_owner.patch(address, {"role": "packer"}, content_type="application/json")
    assert (answer.status_code, answer.json()["role"]) == (200, "packer")
    assert as_owner.delete(address).status_code == 204
    assert lamps.members.count() == 1
    assert as_owner.get("/api/v1/merchants/").json() == [
        {"slug": "lamps", "name": "Lamp House", "state": "approved", "role": "owner"}
    ]


def test_the_api_changes_the_profile(as_owner: Client, lamps: Merchant) -> None:
    url, body = "/api/v1/merchants/lamps/", {"about": "We like light.", "legal_name": "Lamp House SARL"}
    answer = as_owner.patch(url, body, content_type="application/json")
    assert answer.status_code == 200
    assert (answer.json()["about"], answer.json()["asked_changes"]) == (
        "We like light.",
        {"legal_name": "Lamp House SARL"},
    )
    assert as_owner.patch(url, {"email": "x"}, content_type="application/json").status_code == 400
    lamps.refresh_from_db()
    assert (lamps.about, lamps.legal_name, lamps.email) == ("We like light.", "", "")


def leave(user: User, **data: str) -> Any:
    client = client_of(user)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    return client.post("/accounts/leave/", data)


def test_the_last_owner_is_asked_before_the_account_is_deleted(lamps: Merchant, owner: User) -> None:
    packer = make_member(lamps, MerchantRole.PACKER)
    answer = leave(owner)
    assert answer.status_code == 409 and "Nobody else owns your merchant." in answer.content.decode()
    assert User.objects.filter(pk=owner.pk).exists()
    assert leave(owner, leaves_merchants="on").status_code == 302
    lamps.refresh_from_db()
    assert (lamps.state, lamps.decision_reason) == ("suspended", "Its last owner deleted their account.")
    assert [member.user for member in lamps.members.all()] == [packer]


def test_an_application_is_deleted_with_its_account(owner: User) -> None:
    Merchant.objects.create(slug="new", name="New", applicant=owner, email="me@example.com")
    other = make_user("second@example.com")
    make_member(Merchant.objects.get(slug="lamps"), MerchantRole.OWNER, other)
    assert leave(owner).status_code == 302
    assert not Merchant.objects.filter(slug="new").exists()


def test_old_invitations_are_forgotten(as_owner: Client) -> None:
    invite(as_owner)
    forget_merchant_invitations(now=timezone.now() + timedelta(days=43))
    assert MerchantInvitation.objects.count() == 1
    forget_merchant_invitations(now=timezone.now() + timedelta(days=45))
    assert MerchantInvitation.objects.count() == 0


def role_address(member: MerchantMember, step: str) -> str:
    return f"{MEMBERS}{member.pk}/{step}/"


@pytest.mark.parametrize("step", ["remove", "role"])
def test_links_of_an_owner_who_is_none_any_more_let_nobody_in(
    as_owner: Client, lamps: Merchant, mailoutbox: list[EmailMessage], step: str
) -> None:
    leaver = MerchantMember.objects.get(user=make_member(lamps))
    invite(client_of(leaver.user), "friend@example.com", "owner")
    invite(as_owner, "packer@example.com")
    as_owner.post(role_address(leaver, step), {"role": "packer"})
    friend = client_of(make_user("friend@example.com"))
    assert friend.post(link_in(mailoutbox[0])).status_code == 409
    assert not MerchantMember.objects.filter(user__email="friend@example.com").exists()
    assert [row.email for row in lamps.invitations.unsettled()] == ["packer@example.com"]


def test_owner_who_cannot_sign_in_is_no_owner_to_stay(as_owner: Client, owner: User, lamps: Merchant) -> None:
    User.objects.filter(pk=make_member(lamps).pk).update(is_active=False)
    page = as_owner.post("/merchant/leave/", follow=True).content.decode()
    assert "A merchant needs an owner." in page
    assert lamps.members.filter(user=owner).exists()


def test_withdrawn_invitations_count_towards_those_of_a_day(
    as_owner: Client, lamps: Merchant, mailoutbox: list[EmailMessage], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("catalog.merchants.members.MOST_IN_PERIOD", 2)
    for number in range(2):
        invite(as_owner, f"person{number}@example.com")
        as_owner.post(f"{MEMBERS}invitations/{MerchantInvitation.objects.latest('pk').pk}/withdraw/")
    response = invite(as_owner, "third@example.com")
    assert response.status_code == 409
    assert "Wait until tomorrow to send more." in response.content.decode()
    assert (len(mailoutbox), lamps.invitations.count()) == (2, 2)
    MerchantInvitation.objects.update(created_at=timezone.now() - timedelta(hours=25))
    assert invite(as_owner, "third@example.com").status_code == 302
