"""Races of staff's edits of a wording rule with an upgrade and with another person: first without the guard."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from django.db import transaction

from tests.concurrency.crowd import Meeting, Outcome, run_at_once, wait_until_somebody_is_blocked
from videos.models import WordingRule
from videos.review.shipped_rules import SHIPPED, restore_shipped_text, sync_shipped_rules, text_hash

pytestmark = pytest.mark.django_db(transaction=True)
NAME = "en/guarantee"
LATER = {NAME: replace(SHIPPED[NAME], phrases=("no doubt",), must_match="No doubt it works")}
"""What a later version ships."""


@pytest.fixture(autouse=True)
def shipped_rules() -> None:
    sync_shipped_rules()


def edit_slowly(phrases: str, is_locked: Meeting) -> None:
    """Save a form that had locked the row before the other call began, and commits after it."""
    with transaction.atomic():
        row = WordingRule.objects.select_for_update().get(shipped_as=NAME)
        is_locked.wait()
        wait_until_somebody_is_blocked()
        row.phrases = phrases
        row.save(update_fields=["phrases"])


def wait_and(call: Callable[[], Any], is_locked: Meeting) -> Any:
    is_locked.wait()
    return call()


def write_unguarded(seen: str) -> None:
    """Read the text, decide and write, without a lock."""
    row = WordingRule.objects.get(shipped_as=NAME)
    if text_hash(row) == seen:
        row.phrases = "no doubt"
        row.save(update_fields=["phrases"])


def race(phrases: str, call: Callable[[], Any]) -> tuple[str, list[Outcome]]:
    """Return the phrases after the edit and the call, and their outcomes."""
    is_locked = Meeting(2)
    outcomes = run_at_once([partial(edit_slowly, phrases, is_locked), partial(wait_and, call, is_locked)])
    return WordingRule.objects.get(shipped_as=NAME).phrases, outcomes


def test_an_upgrade_keeps_an_edit_that_is_being_saved() -> None:
    seen = text_hash(WordingRule.objects.get(shipped_as=NAME))
    phrases, _outcomes = race("for sure", partial(write_unguarded, seen))
    assert phrases == "no doubt", "Without the guard the edit is lost."

    WordingRule.objects.filter(shipped_as=NAME).delete()
    sync_shipped_rules()
    phrases, outcomes = race("for sure", partial(sync_shipped_rules, LATER))
    assert phrases == "for sure"
    assert [outcome.error for outcome in outcomes] == ["", ""]


def test_restoring_does_not_replace_an_edit_that_is_being_saved() -> None:
    WordingRule.objects.filter(shipped_as=NAME).update(phrases="for sure")
    row = WordingRule.objects.get(shipped_as=NAME)
    phrases, _outcomes = race("beyond doubt", partial(write_unguarded, text_hash(row)))
    assert phrases == "no doubt", "Without the guard the edit is lost."

    row.refresh_from_db()
    phrases, outcomes = race("in truth", partial(restore_shipped_text, row.pk, seen=text_hash(row)))
    assert phrases == "in truth"
    assert [outcome.error for outcome in outcomes] == ["", "RuleChanged"]
