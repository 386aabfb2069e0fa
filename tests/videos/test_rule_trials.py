"""A rule is tried, as typed, on captions that were submitted, before it is saved or switched on."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from tests.conftest import client_of, make_staff
from tests.factories import make_category, make_draft, make_enrolment, make_product, make_waiting_clip
from tests.html_forms import read_form
from videos.models import Clip, WordingRule

pytestmark = pytest.mark.django_db
TRIAL = "/admin/videos/wordingrule/trial/"


@pytest.fixture
def as_manager() -> Client:
    return client_of(make_staff("manager@example.com", "videos"))


def run_trial(client: Client, rule: WordingRule | None = None, **fields: Any) -> str:
    address = f"{TRIAL}?rule={rule.pk}" if rule else TRIAL
    response = client.post(address, {"phrases": "glowmore", "language": "en", **fields})
    assert response.status_code == 200
    return response.content.decode()


def test_the_captions_that_a_rule_would_flag_are_shown_and_nothing_is_saved(as_manager: Client) -> None:
    flagged = make_waiting_clip(caption="Goodbye GL\u041eWMORE <3")
    other = make_waiting_clip(caption="Glowing, more or less")
    make_draft(caption="Glowmore, but not submitted")
    before = list(WordingRule.objects.values())
    page = run_trial(as_manager)
    assert "The rule would flag 1 of 2 captions." in page
    assert "Goodbye <mark>GL\u041eWMORE</mark> &lt;3" in page
    assert flagged.code in page and other.code not in page
    assert list(WordingRule.objects.values()) == before


def test_a_rule_is_tried_as_typed_from_its_form(as_manager: Client) -> None:
    make_waiting_clip(caption="Take my word for it")
    rule = WordingRule.objects.get(shipped_as="en/guarantee")
    form = as_manager.get(f"/admin/videos/wordingrule/{rule.pk}/change/").content.decode()
    address = f"{TRIAL}?rule={rule.pk}"
    assert f'formaction="{address}"' in form and form.count('dir="auto"') >= 4
    typed = {**read_form(form), "phrases": "take my word", "must_match": "", "message": ""}
    page = as_manager.post(address, typed).content.decode()
    assert "<mark>Take my word</mark>" in page and "flag 1 of 1 captions" in page
    again = as_manager.post(address, {**read_form(page), "unless": "for it"}).content.decode()
    assert "flag 0 of 1 captions" in again
    rule.refresh_from_db()
    assert "take my word" not in rule.phrases


def test_a_new_rule_is_tried_from_its_form_and_a_saved_one_from_the_list(as_manager: Client) -> None:
    assert f'formaction="{TRIAL}"' in as_manager.get("/admin/videos/wordingrule/add/").content.decode()
    rule = WordingRule.objects.get(shipped_as="ar/off-site")
    address = f"{TRIAL}?rule={rule.pk}"
    assert address in as_manager.get("/admin/videos/wordingrule/?q=off-site").content.decode()
    make_waiting_clip(caption="جميل")
    Clip.objects.update(caption="والواتساب موجود")
    page = as_manager.post(address, read_form(as_manager.get(address).content.decode())).content.decode()
    assert "<mark>والواتساب</mark>" in page


def test_a_rule_is_tried_where_it_would_apply(as_manager: Client) -> None:
    enrolment, wine = make_enrolment(), make_category("wine")
    red = make_product(category=make_category("red-wine", parent=wine))
    make_waiting_clip(caption="Glowmore in a campaign", enrolment=enrolment)
    make_waiting_clip(caption="Glowmore with wine", products=[red, make_product(category=wine)])
    assert "flag 2 of 2 captions" in run_trial(as_manager)
    page = run_trial(as_manager, campaign=enrolment.campaign_id)
    assert "flag 1 of 1 captions" in page and "in a campaign" in page
    page = run_trial(as_manager, category_slugs=[wine.pk])
    assert "flag 1 of 1 captions" in page and "with wine" in page


def test_categories_that_the_shop_does_not_have_are_not_all_categories(as_manager: Client) -> None:
    make_waiting_clip(caption="Glowmore")
    rule = WordingRule.objects.get(shipped_as="en/alcohol-habit")
    assert "flag 0 of 0 captions" in run_trial(as_manager, rule)
    assert "flag 1 of 1 captions" in run_trial(as_manager, rule, category_slugs=[make_category("books").pk])


def test_only_the_last_thousand_captions_are_read_in_the_same_number_of_queries(as_manager: Client) -> None:
    first = make_waiting_clip(caption="Glowmore, the oldest")
    with CaptureQueriesContext(connection) as few:
        run_trial(as_manager)
    copies = [
        Clip(creator=first.creator, caption=f"Glowmore {number}", state=first.state, submitted_at=first.submitted_at)
        for number in range(1000)
    ]
    Clip.objects.bulk_create(copies)
    with CaptureQueriesContext(connection) as many:
        page = run_trial(as_manager)
    assert "The rule would flag 1,000 of 1,000 captions." in page
    assert "Only the newest 100 of them are listed." in page
    assert "the oldest" not in page and page.count("<mark>") == 100
    assert len(page) < 200 * 1024
    assert len(few) == len(many) <= 12


@pytest.mark.parametrize("phrases", ["", "…", "glowmore\n%"])
def test_phrases_without_words_are_refused_at_their_field(as_manager: Client, phrases: str) -> None:
    response = as_manager.post(TRIAL, {"phrases": phrases, "unless": "glow less", "language": "en"})
    assert response.status_code == 422
    assert "phrases" in response.context["form"].errors
    assert "glow less" in response.content.decode()


@pytest.mark.parametrize("key", ["abc", "²", "1\x00", "9" * 30])
@pytest.mark.parametrize("field", ["campaign", "category_slugs"])
def test_what_is_no_key_is_refused_at_its_field(as_manager: Client, field: str, key: str) -> None:
    response = as_manager.post(f"{TRIAL}?rule=²", {"phrases": "glowmore", "language": "en", field: key})
    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    assert "glowmore" in response.content.decode()


def test_captions_are_shown_only_to_staff_who_may_read_rules_and_clips(
    merchant: User, as_shopper: Client, as_manager: Client
) -> None:
    make_waiting_clip(caption="Glowmore")
    form = {"phrases": "glowmore", "language": "en"}
    assert client_of(merchant).post(TRIAL, form).status_code == 403
    assert as_shopper.post(TRIAL, form).status_code == 302
    assert as_manager.get(f"{TRIAL}?rule=99999999999999999999").status_code == 200
