"""What a step writes to payouts and holds is read in the language of whoever reads it, not of whoever did it."""

import pytest
from django.test import Client
from django.utils.translation import gettext, override

from creators.models import Creator
from payouts.models import Batch, Hold
from tests.factories import NOW, make_user
from tests.payouts.test_plan_changes import as_finance, as_second, batch, maya

__all__ = ["as_finance", "as_second", "batch", "maya"]
pytestmark = pytest.mark.django_db


def test_sentence_that_a_step_wrote_is_read_in_the_language_of_whoever_reads_it(
    as_finance: Client, as_second: Client, batch: Batch
) -> None:
    arabic, english = {"accept-language": "ar"}, {"accept-language": "en"}
    as_finance.post(f"/admin/payouts/batch/{batch.pk}/replan/", headers=arabic)
    dropped = batch.payouts.get(state="dropped")
    with override("ar"):
        words = gettext("Planned again.")
    for client, headers, text in ((as_second, english, "Planned again."), (as_finance, arabic, words)):
        page = client.get(f"/admin/payouts/payout/{dropped.pk}/change/", headers=headers).content.decode()
        assert text in page


def test_reason_of_a_hold_that_ended_with_a_suspension_is_read_in_the_readers_language(
    as_finance: Client, maya: Creator
) -> None:
    released = {"released_at": NOW, "released_by": make_user(), "release_reason": "The suspension was lifted."}
    hold = Hold.objects.create(creator=maya, kind="suspension", subject="1", placed_at=NOW, **released)
    with override("ar"):
        words = gettext("The suspension was lifted.")
    page = as_finance.get(f"/admin/payouts/hold/{hold.pk}/change/", headers={"accept-language": "ar"})
    assert words in page.content.decode() and "The suspension was lifted." not in page.content.decode()
