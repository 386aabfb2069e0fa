"""A campaign manager sees the burn-down, changes the cap, and publishes terms in versions."""

import re
from datetime import date, timedelta

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from accounts.models import Proposal
from accounts.proposals import approve_proposal
from creators.campaigns import publish_terms
from creators.forecast import forecast
from creators.models import Campaign, Enrolment, Slot, Terms
from creators.slots import hold_slot
from tests.conftest import client_of, make_staff
from tests.factories import NOW, make_campaign, make_enrolment, make_user
from tests.html_forms import read_form

pytestmark = pytest.mark.django_db


@pytest.fixture
def as_manager() -> Client:
    user = make_user("manager@example.com", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(content_type__app_label="creators"))
    return client_of(user)


def campaign_form(campaign: Campaign, **changes: object) -> dict[str, object]:
    terms = {"versions-TOTAL_FORMS": 0, "versions-INITIAL_FORMS": 0}
    names = ("title", "slug", "brief", "clips_cap", "open_clips_cap")
    return {name: getattr(campaign, name) for name in names} | terms | {"is_published": "on"} | changes


def take_slots(enrolment: Enrolment, days_ago: int, count: int) -> None:
    for number in range(count):
        hold_slot(enrolment=enrolment, clip_code=f"{days_ago}-{number}", now=NOW - timedelta(days=days_ago))


def test_the_forecast_names_the_day_on_which_the_last_slot_is_taken() -> None:
    campaign = make_campaign(clips_cap=20)
    enrolment = make_enrolment(campaign=campaign)
    take_slots(enrolment, 1, 4)
    take_slots(enrolment, 0, 2)
    campaign.refresh_from_db()
    burn_down = forecast(campaign=campaign, now=NOW)
    assert [burn.left for burn in burn_down.burns] == [16, 14]
    assert (burn_down.per_day, burn_down.fills_on) == (3.0, date(2026, 11, 7))


def test_a_campaign_that_closes_first_is_not_forecast_to_be_full() -> None:
    campaign = make_campaign(clips_cap=20, closes_at=NOW + timedelta(days=2))
    take_slots(make_enrolment(campaign=campaign), 0, 1)
    campaign.refresh_from_db()
    assert forecast(campaign=campaign, now=NOW).fills_on is None


def test_the_page_shows_slots_paid_held_and_free(as_manager: Client) -> None:
    campaign = make_campaign(clips_cap=20)
    take_slots(make_enrolment(campaign=campaign), 0, 3)
    page = as_manager.get(f"/admin/creators/campaign/{campaign.pk}/change/").content.decode()
    assert "<strong>3</strong>" in page and "<strong>17</strong>" in page and "polyline" in page


def test_the_page_names_each_version_that_creators_are_on(as_manager: Client) -> None:
    campaign = make_campaign(clips_cap=20)
    take_slots(make_enrolment(campaign=campaign), 0, 3)
    values = {name: getattr(Terms.objects.get(), name) for name in ("currency", "clips_per_creator", "opens_at")}
    publish_terms(terms=Terms(campaign=campaign, fee_minor=3000, products_per_clip=2, **values))
    page = " ".join(as_manager.get(f"/admin/creators/campaign/{campaign.pk}/change/").content.decode().split())
    assert "<strong>Newest terms</strong> · version 2 · $30.00 per approved clip · 0 creators </li>" in page
    assert "<li> version 1 · $25.00 per approved clip · 1 creator </li>" in page
    assert re.search(r"Slots taken per day recently: \d+(\.[1-9])?\.", page)


def test_a_cap_cannot_be_lower_than_the_slots_taken(as_manager: Client) -> None:
    campaign = make_campaign(clips_cap=20)
    take_slots(make_enrolment(campaign=campaign), 0, 3)
    address = f"/admin/creators/campaign/{campaign.pk}/change/"
    answer = as_manager.post(address, campaign_form(campaign, clips_cap=2), follow=True)
    assert "The maximum cannot be lower than the number of slots already held or paid." in answer.content.decode()
    assert Campaign.objects.get().clips_cap == 20
    as_manager.post(address, campaign_form(campaign, clips_cap=3))
    assert (Campaign.objects.get().clips_cap, Campaign.objects.get().taken_count) == (3, 3)


def test_terms_are_published_as_the_next_version_and_never_changed(as_manager: Client) -> None:
    campaign = make_campaign()
    first = Terms.objects.get()
    form = {
        "campaign": campaign.pk,
        "fee_minor": "30.00",
        "currency": "USD",
        "clips_per_creator": 400,
        "products_per_clip": 2,
        "kinds": ["review"],
        "hold_days": 30,
        "agency_cap_bps": "20",
        "opens_at_0": "2026-11-01",
        "opens_at_1": "00:00:00",
        "confirms_past_opening": "on",
    }
    as_manager.post("/admin/creators/terms/add/", form)
    assert (Terms.objects.count(), Proposal.objects.get().kind) == (1, "terms")
    approve_proposal(
        proposal_id=Proposal.objects.get().pk, approved_by=make_staff("2@example.com", "creators"), now=NOW
    )
    campaign.refresh_from_db()
    assert campaign.terms is not None
    assert (campaign.terms.version, campaign.terms.fee_minor) == (2, 3000)
    as_manager.post(f"/admin/creators/terms/{first.pk}/change/", form)
    first.refresh_from_db()
    assert (first.version, first.fee_minor) == (1, 2500)


def test_unclear_fee_is_suggested_in_both_readings_and_proposes_nothing(as_manager: Client) -> None:
    url = f"/admin/creators/terms/add/?campaign={make_campaign().pk}"
    data = read_form(as_manager.get(url).content.decode())
    page = as_manager.post(url, data | {"fee_minor": "1,00", "agency_cap_bps": "4,5"}).content.decode()
    assert "“1,00” can be read in two ways. Write 1.00 or 100.00." in page
    assert "“4,5” can be read in two ways. Write 4.5 or 45." in page
    assert Proposal.objects.count() == 0


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("01/12/2026", "“01/12/2026” can be read in two ways. Write 2026-12-01 or 2026-01-12."),
        ("25.12.26", "“25.12.26” is not a clear date. Write it like this: 2026-12-25."),
        ("soon", "“soon” is not a clear date. Write it like this: "),
        ("2026-01-12", "This time has passed, so the campaign would be open as soon as the terms are approved."),
    ],
)
@pytest.mark.parametrize("language", ["en", "ar"])
def test_unclear_or_past_opening_is_refused_with_everything_typed(
    as_manager: Client, typed: str, sentence: str, language: str
) -> None:
    url = f"/admin/creators/terms/add/?campaign={make_campaign().pk}"
    data = read_form(as_manager.get(url).content.decode()) | {"opens_at_0": typed, "fee_minor": "27.50"}
    as_manager.cookies["django_language"] = language
    page = as_manager.post(url, data).content.decode()
    assert language != "en" or sentence in page
    assert 'class="errorlist"' in page and f'value="{typed}"' in page and 'value="27.50"' in page
    assert Proposal.objects.count() == 0


def test_past_opening_is_proposed_once_it_is_confirmed(as_manager: Client) -> None:
    url = f"/admin/creators/terms/add/?campaign={make_campaign().pk}"
    data = read_form(as_manager.get(url).content.decode()) | {"opens_at_0": "٢٠٢٦-٠٢-٠١", "fee_minor": "27.50"}
    as_manager.post(url, data | {"confirms_past_opening": "on"})
    assert Proposal.objects.get().changes["opens_at"].startswith("2026-02-01")


def test_terms_refused_by_a_waiting_proposal_keep_what_was_typed(as_manager: Client) -> None:
    url = f"/admin/creators/terms/add/?campaign={make_campaign().pk}"
    data = read_form(as_manager.get(url).content.decode())
    assert as_manager.post(url, data | {"fee_minor": "30.00"}).status_code == 302
    answer = as_manager.post(url, data | {"fee_minor": "31.00", "hold_days": "77"})
    page = answer.content.decode()
    assert answer.status_code == 200
    assert page.count("A proposal for this is already waiting for a second person.") == 1
    assert 'value="31.00"' in page and 'value="77"' in page and 'class="errornote"' in page
    assert Proposal.objects.get().changes["fee_minor"] == 3000


def test_every_list_opens(as_manager: Client) -> None:
    take_slots(make_enrolment(), 0, 1)
    assert Slot.objects.count() == 1
    for name in ("campaign", "terms", "creator", "enrolment", "slot", "agency", "representation"):
        assert as_manager.get(f"/admin/creators/{name}/").status_code == 200, name
    assert as_manager.get("/admin/creators/terms/add/").status_code == 200
    assert as_manager.get("/admin/creators/representation/add/").status_code == 200
