"""Wording rules added in the admin apply while the creator types, at submission and in review."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from creators.models import Creator
from tests.conftest import client_of
from tests.factories import (
    NOW,
    make_campaign,
    make_category,
    make_draft,
    make_enrolment,
    make_product,
    make_waiting_clip,
)
from videos.models import Clip, DecisionAction, WordingRule
from videos.review.caption_rules import evaluate_caption
from videos.review.decisions import DecisionRefused, decide
from videos.studio.submission import Incomplete, submit_clip

pytestmark = pytest.mark.django_db
ADD = "/admin/videos/wordingrule/add/"


def make_rule(code: str = "no-rivals", **fields: Any) -> WordingRule:
    values = {
        "phrases": "glowmore\nbetter than … others",
        "message": "Name no rivals.",
        "must_match": "Glowmore",
    } | fields
    return WordingRule.objects.create(code=code, **values)


def form(**fields: Any) -> dict[str, Any]:
    values = {"code": "no-rivals", "language": "en", "severity": "must_fix", "is_active": "on"}
    return values | {"phrases": "glowmore", "message": "Name no rivals.", "must_match": "I left Glowmore"} | fields


def codes(caption: str, **where: Any) -> list[str]:
    products = where.pop("products", [])
    return [match.rule.code for match in evaluate_caption(caption, products, **where)]


@pytest.fixture
def as_manager() -> Client:
    from tests.conftest import make_staff

    return client_of(make_staff("manager@example.com", "videos"))


def test_a_rule_added_in_the_admin_matches_disguised_text(as_manager: Client) -> None:
    assert as_manager.post(ADD, form(must_not_match="A glow more or less")).status_code == 302
    assert codes("GL\u041eWM\u041eRE is gone") == ["no-rivals"]  # with Cyrillic letters
    assert codes("\U0001d406\U0001d40b\U0001d40e\U0001d416\u1d39\u1d3c\u1d3f\u1d31 is gone") == [
        "no-rivals"
    ]  # bold, raised
    assert codes("Glowmoreish") == []
    WordingRule.objects.filter(code="no-rivals").update(is_active=False)
    assert codes("Glowmore") == []


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"must_match": "Nothing of the kind"}, "The phrases do not match this sentence."),
        ({"must_not_match": "My old glowmore"}, "The phrases match this sentence, but should not."),
        ({"phrases": "glowmore\n…"}, "Each line needs at least one word or number."),
    ],
)
def test_a_rule_that_fails_its_examples_is_not_saved(as_manager: Client, fields: dict[str, str], sentence: str) -> None:
    assert sentence in as_manager.post(ADD, form(**fields)).content.decode()
    assert not WordingRule.objects.filter(shipped_as=None).exists()


def test_a_shopper_cannot_add_rules(as_shopper: Client) -> None:
    assert as_shopper.post(ADD, form()).status_code == 302
    assert not WordingRule.objects.filter(shipped_as=None).exists()


def test_a_campaigns_rule_applies_to_that_campaign_only() -> None:
    campaign = make_campaign()
    make_rule(campaign=campaign)
    assert codes("Better than all others", campaign_id=campaign.pk) == ["no-rivals"]
    assert codes("Better than all others", campaign_id=make_campaign().pk) == []
    assert codes("Better than all others") == []


def test_a_categorys_rule_applies_to_its_subcategories_only() -> None:
    beauty = make_category("beauty")
    cream = make_product(category=make_category("creams", parent=beauty))
    make_rule(category_slugs=[beauty.slug])
    assert codes("Glowmore", products=[cream.pk]) == ["no-rivals"]
    assert codes("Glowmore", products=[make_product().pk]) == []


def test_a_rule_of_several_categories_is_chosen_by_their_names(as_manager: Client) -> None:
    beauty, wine = make_category("beauty"), make_category("wine")
    assert as_manager.post(ADD, form(category_slugs=[beauty.pk, wine.pk])).status_code == 302
    assert WordingRule.objects.get(code="no-rivals").category_slugs == ["beauty", "wine"]
    assert codes("Glowmore", products=[make_product(category=wine).pk]) == ["no-rivals"]
    assert codes("Glowmore", products=[make_product().pk]) == []
    rules = as_manager.get("/admin/videos/wordingrule/?q=no-rivals").content.decode()
    assert "Beauty and Wine" in rules


def test_rules_are_found_by_the_name_of_a_category(as_manager: Client) -> None:
    make_category("beauty", name="Care & cosmetics")
    make_rule(category_slugs=["beauty"])
    make_rule("no-others", phrases="sunmore")
    page = as_manager.get("/admin/videos/wordingrule/", {"q": "cosmetics"}).content.decode()
    assert "no-rivals" in page and "no-others" not in page and "Searches codes" in page


def test_two_rules_of_a_language_cannot_have_one_code(as_manager: Client) -> None:
    response = as_manager.post(ADD, form(code="guarantee"))
    errors = response.context["adminform"].form.errors
    assert list(errors) == ["code"] and "already exists" in str(errors)
    assert "I left Glowmore" in response.content.decode()
    assert not WordingRule.objects.filter(shipped_as=None).exists()


def test_checking_a_caption_reads_the_rules_in_one_query(django_assert_num_queries: Any) -> None:
    make_rule(category_slugs=["beauty"])
    with django_assert_num_queries(1):
        assert codes("Guaranteed, link in bio") == ["off-site", "guarantee"]


def test_creators_in_a_campaign_see_its_rules_while_typing(as_creator: Client, creator: Creator) -> None:
    enrolment = make_enrolment(creator)
    make_rule(campaign=enrolment.campaign, suggestion="Say what you like.")
    body = {"caption": "So long, Glowmore", "campaign": enrolment.campaign.slug}
    (match,) = as_creator.post("/api/v1/wording/", body, content_type="application/json").json()
    assert (match["code"], match["start"], match["suggestion"]) == ("no-rivals", 9, "Say what you like.")
    page = as_creator.get("/studio/upload/").content.decode()
    assert f'data-slug="{enrolment.campaign.slug}"' in page
    other = make_campaign()
    make_rule("other", campaign=other)
    body["campaign"] = other.slug
    assert as_creator.post("/api/v1/wording/", body, content_type="application/json").json() == []


def test_a_campaigns_rule_prevents_submission_and_a_later_one_prevents_approval(moderator: User) -> None:
    clip = make_draft(caption="Goodbye Glowmore")
    assert clip.enrolment is not None
    rule = make_rule(campaign=clip.enrolment.campaign, severity="block")
    with pytest.raises(Incomplete) as refused:
        submit_clip(clip_id=clip.pk, now=NOW)
    assert refused.value.problems["caption"] == ["“Glowmore”: Name no rivals. "]
    WordingRule.objects.update(is_active=False)
    waiting = submit_clip(clip_id=clip.pk, now=NOW)
    WordingRule.objects.filter(pk=rule.pk).update(is_active=True)
    with pytest.raises(DecisionRefused, match="Name no rivals"):
        decide(revision=waiting.revisions.get(), moderator=moderator, action=DecisionAction.APPROVE, now=NOW)
    assert Clip.objects.published().count() == 0


def test_the_desk_highlights_matches_of_a_campaigns_rule(as_moderator: Client) -> None:
    clip = make_waiting_clip(caption="Goodbye Glowmore")
    assert clip.enrolment is not None
    make_rule(campaign=clip.enrolment.campaign)
    page = as_moderator.get(f"/admin/videos/clip/desk/{clip.code}/").content.decode()
    assert "<mark>Glowmore</mark>" in page
    assert "Name no rivals." in page


@pytest.mark.parametrize(
    "caption",
    [
        "guaranteed" + " " * 41 + "results",
        "guaranteed" + "-" * 400 + "results",
        "guaranteed" + " -" * 300 + "results",
        "guaranteed" + " \n\t\u2003" * 30 + "results",
        "guaranteed" + "\u2b50\ufe0f~!?.,;" * 20 + "results",
        "guaranteed" + "".join(map(chr, range(0x2190, 0x21FF))) + "results",
        "guar\u3164ant\u2800eed \u1160res\uffa0ul\u115fts",
        "guar\u202eant\u2066eed results",
    ],
)
def test_no_gap_between_two_words_hides_a_phrase(caption: str) -> None:
    make_rule(phrases="guaranteed results", must_match="guaranteed results")
    [match] = [match for match in evaluate_caption(f"We say: {caption}!", []) if match.rule.code == "no-rivals"]
    assert (match.start, match.end) == (8, 8 + len(caption))
