"""Statements name clips as their creators know them: by their captions, on the page, in the CSV, the PDF and the API."""

import pytest
from django.test import Client
from django.utils import timezone

from creators.models import Creator
from creators.slots import FINAL_AFTER
from payouts.pdf import build_statement_rows
from payouts.statements import get_statement_lines
from payouts.tally import tally
from tests.factories import make_published_clip
from tests.payouts.test_statement import rows_of
from videos.models import Clip

pytestmark = pytest.mark.django_db
CAPTION = "=A mug 🏺 that keeps " + "warm " * 20
SHORT = "=A mug 🏺 that keeps warm warm warm warm…"


@pytest.fixture
def clip(creator: Creator) -> Clip:
    clip = make_published_clip(creator, now=timezone.now() - FINAL_AFTER)
    Clip.objects.filter(pk=clip.pk).update(caption=CAPTION)
    tally(now=timezone.now())
    return clip


def test_clip_is_named_by_its_caption_everywhere(as_creator: Client, creator: Creator, clip: Clip) -> None:
    page = as_creator.get("/studio/earnings/").content.decode()
    assert f'<a href="/studio/clips/{clip.code}/"><bdi>{SHORT}</bdi></a>' in page
    [row] = rows_of(as_creator)
    assert (row["clip"], row["caption"]) == (clip.code, f"'{CAPTION}"), "In the CSV it is no formula."
    [line] = as_creator.get("/api/v1/earnings/").json()["results"]
    assert (line["clip"], line["caption"]) == (clip.code, CAPTION)
    table = list(build_statement_rows(get_statement_lines(creator=creator).with_reasons()))
    assert table[1][0][2] == SHORT
    month = timezone.now().strftime("%Y-%-m")
    assert as_creator.get(f"/studio/earnings/{month}.pdf").content.startswith(b"%PDF")
    best = as_creator.get("/studio/earnings/best/").content.decode()
    assert f"<bdi>{CAPTION[:59]}…</bdi>" in best and f"/studio/clips/{clip.code}/" in best


def test_clip_without_a_caption_is_named_by_its_code(as_creator: Client, clip: Clip) -> None:
    Clip.objects.filter(pk=clip.pk).update(caption="")
    assert f"<bdi>{clip.code}</bdi>" in as_creator.get("/studio/earnings/").content.decode()
    assert rows_of(as_creator)[0]["caption"] == ""
