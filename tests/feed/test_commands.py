"""Management commands: measuring the ranking, and simulating viewers."""

import gzip
import io
import re
import uuid
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from pytest_django.live_server_helper import LiveServer

from feed.events.recording import EventReport, record_events
from feed.models import Event, EventKind, Viewer
from tests.factories import make_category, make_creator, make_enrolment, make_product
from tests.feed.watching import make_watchable_clip
from videos.models import Clip
from videos.playback.impressions import Serving, issue_token


def run(name: str, *args: object, **options: object) -> str:
    out = io.StringIO()
    call_command(name, *args, stdout=out, **options)
    return out.getvalue()


def ndcg_of(output: str, line: str) -> float:
    match = re.search(rf"^{line} +\d+ +(\d\.\d+)", output, re.MULTILINE)
    assert match is not None, output
    return float(match[1])


def test_ranking_beats_popularity_on_a_log_of_sequences(tmp_path: Path) -> None:
    rows = ["viewer,item,at,kind,value,satisfied"]
    for viewer in range(200):
        start = viewer * 7 % 50
        rows += [f"{viewer},{(start + step) % 50},{1000 * step + viewer},watch,1,1" for step in range(6)]
    (tmp_path / "events.csv.gz").write_bytes(gzip.compress("\n".join(rows).encode()))
    items = ["item,categories,creator", *(f"{item},{item // 10},{item}" for item in range(50))]
    (tmp_path / "items.csv.gz").write_bytes(gzip.compress("\n".join(items).encode()))
    output = run("evaluate_ranking", tmp_path, split="last", k=5)
    assert output.startswith("1,200 events, 50 clips; @5")
    assert ndcg_of(output, "model") > 0.5 > ndcg_of(output, "popular")
    assert ndcg_of(output, "with goals") > 0.5
    assert ndcg_of(output, "page") > 0.5 * ndcg_of(output, "model")


def clip_of(category: str) -> Clip:
    products = [make_product(category=make_category(category)) for _index in range(2)]
    return make_watchable_clip(None, make_enrolment(make_creator()), products)


@pytest.mark.django_db
def test_shop_measures_the_ranking_on_its_own_events() -> None:
    with pytest.raises(CommandError, match="no satisfied event"):
        run("evaluate_ranking")
    clips = [clip_of(f"kind-{index % 3}") for index in range(9)]
    start = timezone.now() - timedelta(days=3)
    for person in range(12):
        viewer = uuid.uuid4()
        for step in range(4):
            at = start + timedelta(minutes=10 * step + person)
            token = issue_token(Serving(viewer, clips[(person + step) % 9].pk, at, 0, ""))
            record_events([EventReport(token, EventKind.WATCH, 8000)], now=at + timedelta(seconds=30))
    output = run("evaluate_ranking", split="last", k=5)
    assert output.startswith("48 events, 9 clips; @5")
    assert ndcg_of(output, "model") > 0 and ndcg_of(output, "page") > 0


@pytest.mark.django_db(transaction=True)
def test_simulated_viewers_watch_the_running_site(live_server: LiveServer) -> None:
    for index in range(24):
        clip_of(f"kind-{index % 6}")
    Event.objects.all().delete()  # Django does not truncate unmanaged tables after a test
    output = run("simulate_viewers", site=live_server.url, viewers=2, pages=2)
    assert "2 viewers, 24 clips" in output
    assert re.search(r"by chance +33.3%", output)
    assert re.search(r"page 2 +\d+\.\d% of 16 +\d+\.\d% of 16", output)
    assert Event.objects.filter(kind=EventKind.IMPRESSION).count() == 64
    assert sorted(len(viewer.interests) for viewer in Viewer.objects.all()) == [0, 0, 5, 5]
