"""Metrics say what waits and for how long, and the dashboard shows only metrics that exist."""

import json
import re
import time
from datetime import timedelta
from pathlib import Path

import pytest
import redis
from django.conf import settings
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from accounts.models import User
from feedsite import celery_app
from feedsite.monitoring.heartbeats import BEATING, record_heartbeat
from payouts.models import LedgerCheck
from shop.models import Address, Order
from shop.states import OrderState
from tests.conftest import client_of
from tests.factories import make_product, make_waiting_clip
from tests.shop.conftest import ADDRESS, buy
from videos.models import Clip, Job, JobState

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parent.parent.parent
DASHBOARD = json.loads((ROOT / "docs" / "deploy" / "grafana-dashboard.json").read_text())
ALERTS = (ROOT / "docs" / "deploy" / "alerts.yml").read_text()
SAMPLE = re.compile(r"^(\w+)(?:\{(.*)\})? (\S+)$", re.MULTILINE)


def read_metrics(client: Client) -> dict[str, float]:
    """Return the value of each sample, by name and labels as they are written."""
    text = client.get("/metrics").content.decode()
    return {f"{name}{{{labels}}}" if labels else name: float(value) for name, labels, value in SAMPLE.findall(text)}


def names_in(text: str) -> set[str]:
    return set(re.findall(r"\bfeedsite_\w+", text))


def test_each_route_has_its_latency_and_its_errors(client: Client) -> None:
    before = read_metrics(client)
    make_waiting_clip()
    for code in ("abc", "def"):
        client.get(f"/c/{code}/?email=maya@example.com")
    client.get("/nowhere/secret-token/")
    after = read_metrics(client)

    def counted(sample: str) -> float:
        return after.get(sample, 0) - before.get(sample, 0)

    assert counted('feedsite_http_responses_total{method="GET",route="c/<slug:code>/",status="404"}') == 2
    assert counted('feedsite_http_request_seconds_count{method="GET",route="c/<slug:code>/"}') == 2
    assert counted('feedsite_http_responses_total{method="GET",route="(none)",status="404"}') == 1
    assert not [sample for sample in after if "maya" in sample or "secret-token" in sample]


def test_made_up_methods_do_not_make_up_series(client: Client) -> None:
    for number in range(5):
        client.generic(f"METHOD{number}", "/bag/")
    assert not [sample for sample in read_metrics(client) if "METHOD" in sample]


def test_health_checks_are_not_counted(client: Client) -> None:
    for path in ("/healthz/", "/readyz/", "/metrics"):
        client.get(path)
    assert not [sample for sample in read_metrics(client) if "healthz" in sample or "readyz" in sample]


def test_clips_are_counted_by_how_long_they_wait(client: Client) -> None:
    for hours in (1, 30, 100):
        clip = make_waiting_clip()
        Clip.objects.filter(pk=clip.pk).update(submitted_at=timezone.now() - timedelta(hours=hours))
    metrics = read_metrics(client)
    ages = {hours: metrics[f'feedsite_clips_waiting{{at_least_hours="{hours}"}}'] for hours in (0, 6, 24, 48, 96)}
    assert ages == {0: 3, 6: 2, 24: 2, 48: 1, 96: 1}
    assert metrics["feedsite_clips_overdue"] == 1


def test_oldest_queued_job_tells_its_age(client: Client) -> None:
    source = make_waiting_clip().source
    assert source
    hour_ago = timezone.now() - timedelta(hours=1)
    Job.objects.filter(source=source).delete()
    Job.objects.create(source=source, state=JobState.QUEUED, queued_at=hour_ago)
    metrics = read_metrics(client)
    assert metrics['feedsite_jobs{state="queued"}'] == 1
    assert metrics["feedsite_job_head_age_seconds"] == pytest.approx(3600, abs=60)


def test_message_at_a_queues_head_tells_its_age(client: Client) -> None:
    with redis.Redis.from_url(settings.REDIS_URL) as broker:
        broker.delete("default")
        celery_app.send_task("payouts.tasks.tally")
        celery_app.send_task("payouts.tasks.tally")
        oldest = json.loads(broker.lindex("default", -1))
        oldest["headers"]["enqueued_at"] = time.time() - 600
        broker.lset("default", -1, json.dumps(oldest))
        metrics = read_metrics(client)
        broker.delete("default")
    assert metrics['feedsite_queue_messages{queue="default"}'] == 2
    assert metrics['feedsite_queue_head_age_seconds{queue="default"}'] == pytest.approx(600, abs=10)
    assert metrics['feedsite_queue_head_age_seconds{queue="transcode"}'] == 0


def test_emails_that_wait_are_counted_by_kind(client: Client, shopper: User) -> None:
    Address.objects.create(user=shopper, **ADDRESS)
    make_product("mug")
    buy(client_of(shopper), {"product": "mug"})
    Order.objects.update(state=OrderState.PAID, mailed_at=None, paid_at=timezone.now() - timedelta(minutes=5))
    metrics = read_metrics(client)
    assert metrics['feedsite_emails_waiting{kind="order"}'] == 1
    assert metrics['feedsite_email_head_age_seconds{kind="order"}'] == pytest.approx(300, abs=30)
    assert metrics['feedsite_emails_waiting{kind="refund"}'] == 0


def test_silence_of_a_process_is_measured(client: Client) -> None:
    for process in BEATING:
        record_heartbeat(process)
    record_heartbeat("beat", at=time.time() - 500)
    metrics = read_metrics(client)
    assert metrics['feedsite_heartbeat_age_seconds{process="worker"}'] < 60
    assert metrics['feedsite_heartbeat_age_seconds{process="beat"}'] == pytest.approx(500, abs=30)


def test_last_ledger_check_is_known(client: Client) -> None:
    assert read_metrics(client)["feedsite_ledger_check_age_seconds"] == float("inf")
    call_command("verify_ledger")
    assert read_metrics(client)["feedsite_ledger_check_age_seconds"] < 60
    LedgerCheck.objects.create(started_at=timezone.now(), finished_at=timezone.now(), discrepancies=3)
    assert read_metrics(client)["feedsite_ledger_discrepancies"] == 3


def test_dashboard_and_alerts_show_only_metrics_that_exist(client: Client) -> None:
    make_waiting_clip()
    client.get("/bag/")
    existing = {sample.partition("{")[0] for sample in read_metrics(client)}
    queries = [target["expr"] for panel in DASHBOARD["panels"] for target in panel.get("targets", [])]
    assert len(queries) >= 10
    for text in (*queries, ALERTS):
        assert names_in(text) - existing == set()


def test_every_metric_is_on_the_dashboard(client: Client) -> None:
    make_waiting_clip()
    client.get("/bag/")
    shown = names_in(json.dumps(DASHBOARD))
    derived = re.compile(r"_(bucket|count|sum|created|total)$")
    existing = {derived.sub("", sample.partition("{")[0]) for sample in read_metrics(client)}
    assert {name for name in existing if name.startswith("feedsite_")} - {
        derived.sub("", name) for name in shown
    } == set()
