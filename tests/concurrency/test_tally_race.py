"""Eight concurrent tallies, which together book everything exactly once."""

from functools import partial

import pytest
from django.utils import timezone

from payouts.models import Account, Entry, Posting
from payouts.tally import tally
from payouts.verification import find_discrepancies
from tests.concurrency.crowd import run_at_once
from tests.factories import make_creator, make_published_clip

pytestmark = pytest.mark.django_db(transaction=True)


def test_eight_tallies_at_once_book_every_slot_once() -> None:
    for _index in range(12):
        make_published_clip(make_creator())
    outcomes = run_at_once([partial(tally, now=timezone.now()) for _index in range(8)], threads=1)
    assert [outcome.trace for outcome in outcomes if outcome.error] == []
    assert sum(outcome.result.fees for outcome in outcomes) == Posting.objects.count() == 12
    assert (Entry.objects.count(), Account.objects.count()) == (24, 13)
    assert list(find_discrepancies()) == []
