"""The form of a campaign in admin reads each thing once, also for a role whose permissions are read first."""

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from creators.models import Campaign
from tests.conftest import client_of
from tests.factories import make_category, make_creator, make_published_clip, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign() -> Campaign:
    clip = make_published_clip(make_creator("maya"))
    assert clip.enrolment is not None
    campaign = clip.enrolment.campaign
    campaign.category_slugs = [make_category("beauty").slug]
    campaign.save()
    campaign.invited.set([make_creator("zoe"), make_creator("adam")])
    return campaign


@pytest.fixture
def as_manager() -> Client:
    user = make_user("campaigns@example.com", is_staff=True)
    user.groups.set(Group.objects.filter(name="Campaign manager"))
    return client_of(user)


def test_form_reads_terms_and_invited_creators_once(
    as_manager: Client, campaign: Campaign, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_max_num_queries(12):
        page = as_manager.get(f"/admin/creators/campaign/{campaign.pk}/change/").content.decode()
    assert page.index(">@adam</option>") < page.index(">@zoe</option>")
    assert "$25.00 per approved clip" in page and "1 creator" in page


def test_creator_who_is_chosen_on_a_refused_form_is_still_chosen(as_manager: Client, campaign: Campaign) -> None:
    new = make_creator("noor")
    page = as_manager.post(f"/admin/creators/campaign/{campaign.pk}/change/", {"invited": [new.pk]}).content.decode()
    assert f'<option value="{new.pk}" selected>@noor</option>' in page and "@zoe</option>" not in page
    assert {creator.handle for creator in campaign.invited.all()} == {"adam", "zoe"}
