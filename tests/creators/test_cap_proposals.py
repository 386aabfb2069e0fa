"""Nobody multiplies an approved budget alone: a second person approves a larger cap, on the figures they saw."""

from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core.mail import EmailMessage
from django.test import Client

from accounts.models import Proposal, User
from creators.models import Campaign, Terms
from tests.conftest import client_of
from tests.factories import make_campaign, make_user
from tests.html_forms import read_form

pytestmark = pytest.mark.django_db
ADD = "/admin/creators/campaign/add/"


def make_manager(email: str, **values: Any) -> User:
    user = make_user(email, is_staff=True, **values)
    user.groups.add(Group.objects.get(name="Campaign manager"))
    return user


@pytest.fixture
def first() -> Client:
    return client_of(make_manager("first@example.com"))


@pytest.fixture
def second() -> Client:
    user = make_manager("second@example.com")
    user.groups.add(Group.objects.get(name="Finance"))
    return client_of(user)


@pytest.fixture
def campaign() -> Campaign:
    return make_campaign("autumn", clips_cap=100)


def change(client: Client, campaign: Campaign, **values: str) -> str:
    url = f"/admin/creators/campaign/{campaign.pk}/change/"
    page = client.post(url, read_form(client.get(url).content.decode()) | values, follow=True).content.decode()
    campaign.refresh_from_db()
    return page


def approve(client: Client, proposal: Proposal) -> str:
    url = f"/admin/accounts/proposal/{proposal.pk}/decide/"
    page = client.post(url, {"approve": ""}, follow=True).content.decode()
    proposal.refresh_from_db()
    return page


def propose_terms(client: Client, campaign: Campaign, fee: str) -> Proposal:
    url = f"/admin/creators/terms/add/?campaign={campaign.pk}"
    data = read_form(client.get(url).content.decode()) | {"fee_minor": fee}
    assert client.post(url, data).status_code == 302
    return Proposal.objects.latest("pk")


def test_larger_cap_waits_for_a_second_person_and_the_rest_is_saved(
    first: Client, second: Client, campaign: Campaign
) -> None:
    page = change(first, campaign, clips_cap="100000", title="Late autumn")
    assert "The maximum of 100,000 is proposed. It stays at 100 until a second person approves it." in page
    assert (campaign.clips_cap, campaign.title) == (100, "Late autumn")
    proposal = Proposal.objects.get()
    shown = second.get(f"/admin/accounts/proposal/{proposal.pk}/change/").content.decode()
    assert "100,000 (until now 100)" in shown and "$2,500,000.00 (until now $2,500.00)" in shown
    assert "A second person must." in approve(first, proposal)
    campaign.refresh_from_db()
    assert campaign.clips_cap == 100
    approve(second, proposal)
    campaign.refresh_from_db()
    assert (proposal.state, campaign.clips_cap) == ("approved", 100_000)


def test_smaller_cap_is_saved_at_once_and_a_campaign_without_terms_costs_nothing(
    first: Client, campaign: Campaign
) -> None:
    change(first, campaign, clips_cap="50")
    assert campaign.clips_cap == 50
    change(first, campaign, clips_cap="100")
    assert (campaign.clips_cap, Proposal.objects.count()) == (50, 1)
    plain = make_campaign("plain", clips_cap=10)
    Campaign.objects.filter(pk=plain.pk).update(terms=None)
    Terms.objects.filter(campaign=plain).delete()
    change(first, plain, clips_cap="90")
    assert (plain.clips_cap, Proposal.objects.count()) == (90, 1)


def test_second_larger_cap_is_refused_at_its_field_and_nothing_typed_is_lost(first: Client, campaign: Campaign) -> None:
    change(first, campaign, clips_cap="200")
    page = change(first, campaign, clips_cap="300", title="Late autumn")
    assert "already waiting for a second person" in page and 'value="300"' in page and "Late autumn" in page
    assert (campaign.clips_cap, campaign.title == "Late autumn", Proposal.objects.count()) == (100, False, 1)
    assert Proposal.objects.get().changes["clips_cap"] == 200


@pytest.mark.parametrize("has_terms", [True, False])
def test_terms_are_not_approved_on_another_cap_than_the_one_shown(
    first: Client, second: Client, campaign: Campaign, has_terms: bool
) -> None:
    if not has_terms:
        Campaign.objects.update(terms=None)
        Terms.objects.all().delete()
        data = {"clips_per_creator": "3", "opens_at_0": "2026-11-01", "opens_at_1": "00:00:00", "fee_minor": "30"}
        data |= {"confirms_past_opening": "on"}
        url = f"/admin/creators/terms/add/?campaign={campaign.pk}"
        assert first.post(url, read_form(first.get(url).content.decode()) | data).status_code == 302
        proposal = Proposal.objects.get()
    else:
        proposal = propose_terms(first, campaign, "30")
    shown = second.get(f"/admin/accounts/proposal/{proposal.pk}/change/").content.decode()
    assert "$3,000.00" in shown
    change(first, campaign, clips_cap="90" if has_terms else "9000")
    assert campaign.clips_cap != 100
    assert "The figures shown here changed after this was proposed." in approve(second, proposal)
    assert (proposal.state, Terms.objects.filter(fee_minor=3000).count()) == ("proposed", 0)
    page = second.get(f"/admin/accounts/proposal/{proposal.pk}/change/").content.decode()
    assert "$3,000.00" in page and 'name="approve"' not in page and "figures shown here changed" in page


def test_larger_cap_is_not_approved_under_other_terms_than_those_shown(
    first: Client, second: Client, campaign: Campaign
) -> None:
    change(first, campaign, clips_cap="200")
    raised = Proposal.objects.get()
    terms = propose_terms(first, campaign, "90")
    assert "Approved." in approve(second, terms)
    assert "The figures shown here changed" in approve(second, raised)
    campaign.refresh_from_db()
    assert (raised.state, campaign.clips_cap) == ("proposed", 100)


def test_a_renamed_campaign_does_not_get_two_approvals_on_one_figure(
    first: Client, second: Client, campaign: Campaign
) -> None:
    one = propose_terms(first, campaign, "40")
    change(first, campaign, slug="winter")
    two = propose_terms(first, campaign, "50")
    approve(second, one)
    assert "The figures shown here changed" in approve(second, two)
    assert Terms.objects.latest("version").fee_minor == 4000


def test_proposals_of_one_campaign_are_listed_by_its_title_and_their_change(
    first: Client, second: Client, campaign: Campaign
) -> None:
    Campaign.objects.update(title="Autumn finds", title_translations={"ar": "لقى الخريف"})
    campaign.refresh_from_db()
    approve(second, propose_terms(first, campaign, "40"))
    propose_terms(first, campaign, "50")
    change(first, campaign, clips_cap="200")
    page = second.get("/admin/accounts/proposal/").content.decode()
    assert page.count("Autumn finds") >= 3
    assert "Fee per approved clip: $40.00 (until now $25.00)" in page
    assert "Fee per approved clip: $50.00 (until now $40.00)" in page
    assert "Maximum clips in total: 200 (until now 100)" in page
    arabic = second.get("/admin/accounts/proposal/", headers={"Accept-Language": "ar"}).content.decode()
    assert "لقى الخريف" in arabic


@pytest.mark.parametrize("typed", ["0", "00"])
def test_cap_of_0_is_confirmed(first: Client, campaign: Campaign, typed: str) -> None:
    data = read_form(first.get(ADD).content.decode())
    data |= {"title": "Winter", "slug": "winter", "brief": "Film it.", "clips_cap": typed}
    page = first.post(ADD, data).content.decode()
    assert "This is 0. If that is intended, tick" in page and 'value="winter"' in page
    assert "This is 0." in change(first, campaign, clips_cap=typed)
    assert (Campaign.objects.count(), campaign.clips_cap) == (1, 100)
    assert first.post(ADD, data | {"confirms_zero": "on"}).status_code == 302
    change(first, campaign, clips_cap=typed, confirms_zero="on")
    assert list(Campaign.objects.values_list("clips_cap", flat=True)) == [0, 0]


def test_terms_under_which_nobody_can_make_a_clip_are_confirmed(first: Client, campaign: Campaign) -> None:
    url = f"/admin/creators/terms/add/?campaign={campaign.pk}"
    data = read_form(first.get(url).content.decode()) | {"clips_per_creator": "0"}
    assert "This is 0." in first.post(url, data).content.decode()
    assert Proposal.objects.count() == 0
    assert first.post(url, data | {"confirms_zero": "on"}).status_code == 302


def test_terms_that_begin_with_those_of_a_campaign_are_for_no_other(first: Client, campaign: Campaign) -> None:
    other = make_campaign("winter")
    url = f"/admin/creators/terms/add/?campaign={campaign.pk}"
    data = read_form(first.get(url).content.decode())
    assert data["campaign"] == str(campaign.pk)
    page = first.post(url, data | {"campaign": str(other.pk), "hold_days": "77"}).content.decode()
    assert "Select a valid choice." in page and 'value="77"' in page
    assert Proposal.objects.count() == 0
    assert first.get("/admin/creators/terms/add/?campaign=x").status_code == 200


def test_outdated_raise_is_explained_to_its_proposer_and_replaced_by_the_next(
    first: Client, second: Client, campaign: Campaign
) -> None:
    change(first, campaign, clips_cap="200")
    outdated = Proposal.objects.get()
    url = f"/admin/accounts/proposal/{outdated.pk}/change/"
    assert "You proposed this. A second person must approve it." in first.get(url).content.decode()
    assert "already waiting" in change(second, campaign, clips_cap="250")
    approve(second, propose_terms(first, campaign, "90"))
    assert "be approved any more. Withdraw it, or propose it again" in first.get(url).content.decode()
    change(first, campaign, clips_cap="300")
    outdated.refresh_from_db()
    newer = Proposal.objects.latest("pk")
    assert (outdated.state, newer.state, campaign.clips_cap) == ("withdrawn", "proposed", 100)
    assert "Replaced by a newer proposal" in outdated.answer
    assert "Approved." in approve(second, newer)
    campaign.refresh_from_db()
    assert campaign.clips_cap == 300


def test_outdated_proposal_of_a_colleague_is_replaced_and_they_are_told(
    first: Client, second: Client, campaign: Campaign, mailoutbox: list[EmailMessage]
) -> None:
    change(first, campaign, clips_cap="200")
    approve(second, propose_terms(first, campaign, "90"))
    mailoutbox.clear()
    change(second, campaign, clips_cap="300")
    [told] = mailoutbox
    assert told.to == ["first@example.com"] and "Replaced by a newer proposal" in told.body
    assert list(Proposal.objects.filter(kind="clips_cap").order_by("pk").values_list("state", flat=True)) == [
        "withdrawn",
        "proposed",
    ]
