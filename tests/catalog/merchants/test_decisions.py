"""Staff decide about merchants with a reason, which their owners read; lower fees need a second person."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.core.mail import EmailMessage
from django.test import Client
from django.utils import timezone
from django.utils.timezone import localdate

from accounts.models import Proposal, User
from accounts.proposals import ProposalRefused, approve_proposal
from catalog.models import Merchant, MerchantRole
from tests.catalog.merchants.conftest import make_role
from tests.conftest import client_of
from tests.factories import NOW, make_member
from tests.html_forms import read_form

pytestmark = pytest.mark.django_db
ADMIN = "/admin/catalog/merchant/"


def decide(client: Client, merchant: Merchant, step: str, **data: str) -> Any:
    answer = client.post(f"{ADMIN}{merchant.pk}/{step}/", data)
    merchant.refresh_from_db()
    return answer


@pytest.fixture
def applied(lamps: Merchant, owner: User) -> Merchant:
    Merchant.objects.filter(pk=lamps.pk).update(state="applied", approved_at=None, fee_bps=0)
    lamps.refresh_from_db()
    return lamps


def test_an_approved_merchant_sells_for_the_shops_fee(
    as_manager_of_catalogue: Client, applied: Merchant, owner: User, mailoutbox: list[EmailMessage], settings: Any
) -> None:
    assert "Merchants that applied" in as_manager_of_catalogue.get("/admin/").content.decode()
    settings.MERCHANT_FEE_BPS = 1250
    assert decide(as_manager_of_catalogue, applied, "approve").status_code == 302
    assert (applied.state, applied.fee_bps, applied.approved_at is not None) == ("approved", 1250, True)
    assert [(mail.to, mail.subject) for mail in mailoutbox] == [([owner.email], "Lamp House can now sell at feedsite")]
    assert client_of(owner).get("/merchant/").status_code == 200
    assert LogEntry.objects.get(object_id=str(applied.pk)).user.email == "catalogue@example.com"


def test_a_declined_applicant_reads_why(
    as_manager_of_catalogue: Client, applied: Merchant, owner: User, mailoutbox: list[EmailMessage]
) -> None:
    assert decide(as_manager_of_catalogue, applied, "decline").status_code == 422
    assert (applied.state, mailoutbox) == ("applied", [])
    assert decide(as_manager_of_catalogue, applied, "decline", reason="We sell no lamps.").status_code == 302
    assert (applied.state, applied.decision_reason) == ("refused", "We sell no lamps.")
    assert "We sell no lamps." in mailoutbox[0].body
    assert client_of(owner).get("/merchant/").headers["Location"] == "/merchant/apply/"


def test_a_merchant_is_suspended_and_restored_with_reasons(
    as_manager_of_catalogue: Client, lamps: Merchant, owner: User, mailoutbox: list[EmailMessage]
) -> None:
    assert decide(as_manager_of_catalogue, lamps, "suspend", reason="Parcels were late.").status_code == 302
    assert (lamps.state, lamps.fee_bps) == ("suspended", 1000)
    assert decide(as_manager_of_catalogue, lamps, "suspend", reason="Again.").status_code == 409
    assert decide(as_manager_of_catalogue, lamps, "restore", reason="They are on time now.").status_code == 302
    assert (lamps.state, lamps.decision_reason) == ("approved", "They are on time now.")
    assert [mail.subject for mail in mailoutbox] == ["Lamp House was suspended", "Lamp House can sell again"]
    assert LogEntry.objects.filter(object_id=str(lamps.pk)).count() == 2


@pytest.mark.parametrize("step", ["approve", "decline", "suspend", "restore", "fee", "changes"])
def test_only_staff_who_may_decide_about_merchants(
    as_moderator: Client, as_owner: Client, lamps: Merchant, step: str, settings: Any
) -> None:
    settings.STAFF_REQUIRE_MFA = False
    finance = client_of(make_role("Finance", "finance@example.com"))
    for client, status in ((as_moderator, 403), (finance, 403), (as_owner, 302)):
        assert client.get(f"{ADMIN}{lamps.pk}/{step}/").status_code == status
        assert decide(client, lamps, step, reason="x", fee="0").status_code == status
    assert (lamps.state, lamps.fee_bps, Proposal.objects.count()) == ("approved", 1000, 0)


def test_nobody_decides_about_the_house_or_about_their_own_merchant(
    as_manager_of_catalogue: Client, lamps: Merchant
) -> None:
    house = Merchant.objects.get(slug="house")
    assert decide(as_manager_of_catalogue, house, "suspend", reason="x").status_code == 409
    assert decide(as_manager_of_catalogue, house, "fee", fee="5", reason="x").status_code == 409
    make_member(lamps, MerchantRole.PACKER, User.objects.get(email="catalogue@example.com"))
    assert decide(as_manager_of_catalogue, lamps, "suspend", reason="x").status_code == 409
    assert (house.state, house.fee_bps, lamps.state) == ("approved", 0, "approved")


def test_a_fee_below_the_shops_own_waits_for_a_second_person(
    as_manager_of_catalogue: Client, lamps: Merchant, owner: User
) -> None:
    answer = decide(as_manager_of_catalogue, lamps, "fee", fee="7.5", reason="Their first year")
    proposal = Proposal.objects.get()
    assert (answer.status_code, lamps.fee_bps, proposal.reason) == (302, 1000, "Their first year")
    for person in (User.objects.get(email="catalogue@example.com"), owner):
        with pytest.raises(ProposalRefused):
            approve_proposal(proposal_id=proposal.pk, approved_by=person, now=NOW)
    gaining = make_role("Finance", "gaining@example.com")
    make_member(lamps, MerchantRole.MANAGER, gaining)
    with pytest.raises(ProposalRefused, match="for which you act"):
        approve_proposal(proposal_id=proposal.pk, approved_by=gaining, now=NOW)
    approve_proposal(proposal_id=proposal.pk, approved_by=make_role("Finance", "second@example.com"), now=NOW)
    lamps.refresh_from_db()
    assert lamps.fee_bps == 750


def test_a_higher_fee_begins_after_its_owners_have_been_told(
    as_manager_of_catalogue: Client, lamps: Merchant, owner: User, mailoutbox: list[EmailMessage]
) -> None:
    now = timezone.now()
    soon = (now + timedelta(days=3)).date().isoformat()
    refused = decide(as_manager_of_catalogue, lamps, "fee", fee="15", reason="More services", starts_on=soon)
    assert (refused.status_code, lamps.next_fee_bps, mailoutbox) == (409, None, [])
    assert "15 days before it begins" in refused.content.decode()
    for day in ("2020-01-01", "9999-12-31", "0001-01-01"):
        wrong = decide(as_manager_of_catalogue, lamps, "fee", fee="15", reason="More services", starts_on=day)
        assert (wrong.status_code, lamps.next_fee_bps) == (422, None), day
    assert decide(as_manager_of_catalogue, lamps, "fee", fee="15", reason="More services").status_code == 302
    assert (lamps.fee_bps, lamps.next_fee_bps, Proposal.objects.count()) == (1000, 1500, 0)
    assert [lamps.fee_at(now + timedelta(days=days)) for days in (0, 14, 16)] == [1000, 1000, 1500]
    [mail] = mailoutbox
    assert (mail.to, mail.subject) == ([owner.email], "The fee of Lamp House changes")
    assert "our fee on what Lamp House sells is 15 % of" in str(mail.body) and "More services" in str(mail.body)
    page = as_manager_of_catalogue.get("/admin/catalog/merchant/").content.decode()
    assert "10 %, from " in page
    assert decide(as_manager_of_catalogue, lamps, "fee", fee="10", reason="As before").status_code == 302
    assert (lamps.fee_bps, lamps.next_fee_bps, Proposal.objects.count()) == (1000, None, 0)


def test_a_lower_fee_begins_on_its_day_once_a_second_person_has_approved_it(
    as_manager_of_catalogue: Client, lamps: Merchant, mailoutbox: list[EmailMessage]
) -> None:
    day = (timezone.now() + timedelta(days=3)).date()
    decide(as_manager_of_catalogue, lamps, "fee", fee="5", reason="Their first year", starts_on=day.isoformat())
    proposal = Proposal.objects.get()
    assert (lamps.next_fee_bps, mailoutbox) == (None, [])
    approve_proposal(
        proposal_id=proposal.pk, approved_by=make_role("Finance", "second@example.com"), now=timezone.now()
    )
    lamps.refresh_from_db()
    assert lamps.next_fee_from is not None
    assert (lamps.fee_bps, lamps.next_fee_bps, localdate(lamps.next_fee_from)) == (1000, 500, day)


def test_name_and_legal_data_change_after_staff_have_looked_at_them(
    as_manager_of_catalogue: Client, as_owner: Client, lamps: Merchant, mailoutbox: list[EmailMessage]
) -> None:
    Merchant.objects.filter(pk=lamps.pk).update(
        legal_name="Lamp House Ltd.", country="IE", address="3 Mill Lane", email="a@b.example", phone="+35312345678"
    )
    form = read_form(as_owner.get("/merchant/settings/").content.decode(), field="legal_name")
    changed = form | {"name": "Lamp Palace", "about": "We like light.", "email": "new@lamps.example"}
    assert as_owner.post("/merchant/settings/", changed).status_code == 302
    lamps.refresh_from_db()
    assert (lamps.name, lamps.about, lamps.email) == ("Lamp House", "We like light.", "new@lamps.example")
    assert lamps.asked_changes == {"name": "Lamp Palace"}
    page = as_manager_of_catalogue.get(f"{ADMIN}{lamps.pk}/changes/").content.decode()
    assert "Lamp House" in page and "Lamp Palace" in page
    seen = read_form(page, field="seen")["seen"]
    stale = {"seen": '{"name": "Other"}', "accept": "1"}
    assert decide(as_manager_of_catalogue, lamps, "changes", **stale).status_code == 409
    assert decide(as_manager_of_catalogue, lamps, "changes", seen=seen, decline="1").status_code == 409
    assert (lamps.name, lamps.asked_changes) == ("Lamp House", {"name": "Lamp Palace"})
    assert decide(as_manager_of_catalogue, lamps, "changes", seen=seen, accept="1").status_code == 302
    assert (lamps.name, lamps.asked_changes, lamps.slug) == ("Lamp Palace", {}, "lamps")
    assert mailoutbox[-1].subject == "The changes of Lamp House were made"


def test_changes_that_are_declined_leave_everything_as_it_was(
    as_manager_of_catalogue: Client, lamps: Merchant, owner: User, mailoutbox: list[EmailMessage]
) -> None:
    Merchant.objects.filter(pk=lamps.pk).update(asked_changes={"country": "FR"}, country="IE")
    data = {"seen": '{"country": "FR"}', "decline": "1", "reason": "Send us the papers."}
    assert decide(as_manager_of_catalogue, lamps, "changes", **data).status_code == 302
    assert (lamps.country, lamps.asked_changes) == ("IE", {})
    assert "Send us the papers." in mailoutbox[0].body
