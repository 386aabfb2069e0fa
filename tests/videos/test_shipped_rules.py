"""The shipped rules are rows: staff change and switch them off, and upgrades keep what staff have edited."""

from dataclasses import replace
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.test import Client

from accounts.models import User
from tests.conftest import client_of, make_staff
from tests.factories import make_category, make_product
from tests.html_forms import read_form
from videos.apps import sync_rules_after_migrate
from videos.models import WordingRule
from videos.review.caption_rules import evaluate_caption
from videos.review.shipped_rules import SHIPPED, RuleOrigin, origin_of, sync_shipped_rules, text_hash
from videos.wording.rules import Rule, Severity, ShippedRule

pytestmark = pytest.mark.django_db
NAME = "en/guarantee"
RULES = "/admin/videos/wordingrule/"


@pytest.fixture
def as_manager() -> Client:
    return client_of(make_staff("manager@example.com", "videos"))


def rule_row(name: str = NAME) -> WordingRule:
    return WordingRule.objects.get(shipped_as=name)


def later_version(name: str = NAME, phrases: tuple[str, ...] = ("no doubt",)) -> dict[str, ShippedRule]:
    """Return the shipped rules of a later version, in which one has other phrases."""
    return {**SHIPPED, name: replace(SHIPPED[name], phrases=phrases, must_match="No doubt it works")}


def form_data(client: Client, row: WordingRule, **fields: str) -> dict[str, Any]:
    return read_form(client.get(f"{RULES}{row.pk}/change/").content.decode()) | fields


def codes(caption: str, *products: int) -> list[str]:
    return [match.rule.code for match in evaluate_caption(caption, products)]


@pytest.mark.parametrize("name", SHIPPED)
def test_each_shipped_rule_is_an_active_row_that_says_the_same(name: str) -> None:
    row, shipped = rule_row(name), SHIPPED[name]
    row.full_clean()
    assert row.is_active
    assert origin_of(row) == RuleOrigin.SHIPPED
    texts = (shipped.message, shipped.suggestion, shipped.phrases, shipped.categories, shipped.unless)
    assert row.as_rule() == Rule(shipped.code, shipped.language, shipped.severity, *texts)


def test_no_row_is_created_twice() -> None:
    before = set(WordingRule.objects.values_list("pk", "code", "shipped_hash"))
    sync_shipped_rules()
    assert set(WordingRule.objects.values_list("pk", "code", "shipped_hash")) == before
    assert len(before) == len(SHIPPED)


def test_a_shipped_rule_can_be_switched_off_and_its_phrases_changed(as_manager: Client) -> None:
    assert codes("Guaranteed to work") == ["guarantee"]
    url = f"{RULES}{rule_row().pk}/change/"
    page = as_manager.get(url).content.decode()
    data = read_form(page)
    edited = {**data, "phrases": "for sure\r\nguaranteed for life", "must_match": "For sure"}
    assert as_manager.post(url, edited).status_code == 302
    assert codes("Guaranteed to work") == []
    assert codes("For sure") == ["guarantee"]
    assert rule_row().code == "guarantee"
    data = read_form(as_manager.get(url).content.decode())
    del data["is_active"]
    assert as_manager.post(url, data).status_code == 302
    assert codes("For sure") == []


def test_an_upgrade_replaces_a_text_that_nobody_edited() -> None:
    WordingRule.objects.filter(shipped_as=NAME).update(is_active=False, category_slugs=["toys"])
    sync_shipped_rules(later_version())
    row = rule_row()
    assert (row.phrases, row.must_match) == ("no doubt", "No doubt it works")
    assert (row.is_active, row.category_slugs) == (False, ["toys"])


def test_an_upgrade_keeps_a_text_that_staff_have_edited() -> None:
    WordingRule.objects.filter(shipped_as=NAME).update(phrases="for sure", must_match="For sure")
    assert origin_of(rule_row()) == RuleOrigin.EDITED
    sync_shipped_rules(later_version())
    assert rule_row().phrases == "for sure"
    sync_shipped_rules(later_version(phrases=("beyond doubt",)))
    assert rule_row().phrases == "for sure"


def test_another_end_of_lines_is_no_edit() -> None:
    row = rule_row()
    WordingRule.objects.filter(pk=row.pk).update(phrases=row.phrases.replace("\n", "\r\n") + "\r\n")
    assert origin_of(rule_row()) == RuleOrigin.SHIPPED


def test_a_new_shipped_rule_leaves_the_shops_own_rule_with_its_code_alone() -> None:
    rule_row().delete()
    own = WordingRule.objects.create(code="guarantee", phrases="for sure", message="No.", must_match="For sure")
    sync_shipped_rules()
    assert rule_row().code == "guarantee-shipped"
    own.refresh_from_db()
    assert (own.code, own.phrases, origin_of(own)) == ("guarantee", "for sure", RuleOrigin.OWN)


def test_a_shipped_rule_applies_to_its_categories_also_when_the_shop_creates_them_later(as_manager: Client) -> None:
    row = rule_row("en/alcohol-must-have")
    url = f"{RULES}{row.pk}/change/"
    assert "alcohol, barware, beer, spirits, wine" in as_manager.get(url).content.decode()
    assert as_manager.post(url, read_form(as_manager.get(url).content.decode())).status_code == 302
    book, wine = make_product(), make_product(category=make_category("wine"))
    assert codes("A must-have", book.pk) == []
    assert codes("A must-have", wine.pk) == ["alcohol-must-have"]
    data = read_form(as_manager.get(url).content.decode())
    assert as_manager.post(url, {**data, "category_slugs": [make_category("books").pk]}).status_code == 302
    assert codes("A must-have", book.pk) == ["alcohol-must-have"]
    assert codes("A must-have", wine.pk) == []


def test_a_shipped_rule_cannot_be_deleted(as_manager: Client) -> None:
    row = rule_row()
    as_manager.post(f"{RULES}{row.pk}/delete/", {"post": "yes"})
    as_manager.post(RULES, {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"})
    assert WordingRule.objects.count() == len(SHIPPED)


def test_a_rule_that_is_no_longer_shipped_is_the_shops_own(as_manager: Client) -> None:
    row = rule_row()
    WordingRule.objects.filter(pk=row.pk).update(shipped_as="en/retired")
    url = f"{RULES}{row.pk}"
    assert as_manager.post(f"{url}/change/", form_data(as_manager, row, code="ours")).status_code == 302
    assert as_manager.post(f"{url}/delete/", {"post": "yes"}).status_code == 302
    assert not WordingRule.objects.filter(pk=row.pk).exists()


def test_the_shipped_text_is_restored_after_a_look_at_both(as_manager: Client) -> None:
    shipped = rule_row()
    WordingRule.objects.filter(pk=shipped.pk).update(phrases="for sure", severity=Severity.BLOCK, is_active=False)
    form = as_manager.get(f"{RULES}{shipped.pk}/change/").content.decode()
    restore = f"{RULES}{shipped.pk}/restore/"
    assert restore in form and "Shipped, edited here" in form
    page = as_manager.get(restore).content.decode()
    assert "for sure" in page and "always works" in page and "Prevents submission and approval" in page
    assert as_manager.post(restore, read_form(page)).status_code == 302
    row = rule_row()
    assert text_hash(row) == text_hash(shipped)
    assert (row.is_active, origin_of(row)) == (False, RuleOrigin.SHIPPED)
    assert "phrases: for sure" in LogEntry.objects.get().change_message
    assert restore not in as_manager.get(f"{RULES}{shipped.pk}/change/").content.decode()
    assert as_manager.get(restore).status_code == 302


def test_a_text_that_was_not_shown_is_not_replaced(as_manager: Client) -> None:
    row = rule_row()
    WordingRule.objects.filter(pk=row.pk).update(phrases="for sure")
    data = read_form(as_manager.get(f"{RULES}{row.pk}/restore/").content.decode())
    WordingRule.objects.filter(pk=row.pk).update(phrases="beyond doubt")
    page = as_manager.post(f"{RULES}{row.pk}/restore/", data, follow=True).content.decode()
    assert "Somebody else changed this rule meanwhile." in page and "beyond doubt" in page
    assert rule_row().phrases == "beyond doubt"


def test_only_staff_who_change_rules_restore_one(as_manager: Client, merchant: User, as_shopper: Client) -> None:
    row = rule_row()
    WordingRule.objects.filter(pk=row.pk).update(phrases="for sure")
    data = {"seen": text_hash(rule_row())}
    assert client_of(merchant).post(f"{RULES}{row.pk}/restore/", data).status_code == 403
    assert as_shopper.post(f"{RULES}{row.pk}/restore/", data).status_code == 302
    assert rule_row().phrases == "for sure"
    own = WordingRule.objects.create(code="own", phrases="for sure", message="No.", must_match="For sure")
    assert as_manager.post(f"{RULES}{own.pk}/restore/", data).status_code == 302
    own.refresh_from_db()
    assert own.phrases == "for sure"


def test_rows_are_created_after_the_last_migration_only() -> None:
    rule_row().delete()
    loader = MigrationExecutor(connection).loader
    sync_rules_after_migrate(apps=loader.project_state(("videos", "0004_suspensions")).apps)
    assert not WordingRule.objects.filter(shipped_as=NAME).exists()
    sync_rules_after_migrate(apps=loader.project_state().apps)
    assert rule_row().code == "guarantee"
