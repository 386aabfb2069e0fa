"""Liveness, readiness and metrics for the operator: who is dead shows, and nobody outside reads the metrics."""

import re
from typing import Any

import pytest
from django.test import Client

from feedsite.monitoring.heartbeats import BEATING, SILENT_SECONDS, record_heartbeat
from tests.factories import make_waiting_clip

pytestmark = pytest.mark.django_db
ALL_UP = {"status": "ok", "database": True, "valkey": True, "beat": True, "worker": True, "transcoder": True}


@pytest.fixture
def heartbeats() -> None:
    for process in BEATING:
        record_heartbeat(process)


def without_valkey(settings: Any) -> None:
    down = {"LOCATION": "redis://127.0.0.1:9/0"}
    settings.CACHES = {alias: options | down for alias, options in settings.CACHES.items()}


@pytest.mark.usefixtures("heartbeats")
def test_a_running_site_is_alive_and_ready(client: Client) -> None:
    assert client.get("/healthz/").status_code == 200
    answer = client.get("/readyz/")
    assert (answer.status_code, answer.json()) == (200, ALL_UP)


@pytest.mark.usefixtures("heartbeats")
@pytest.mark.parametrize("process", BEATING)
def test_a_site_with_a_silent_process_is_not_ready_and_says_which(client: Client, process: str) -> None:
    import time

    record_heartbeat(process, at=time.time() - SILENT_SECONDS - 1)
    answer = client.get("/readyz/")
    assert (answer.status_code, answer.json()) == (503, ALL_UP | {"status": "down", process: False})


@pytest.mark.usefixtures("heartbeats")
def test_one_live_machine_is_enough(client: Client) -> None:
    record_heartbeat("worker", at=0, host="dead")
    record_heartbeat("worker", host="alive")
    assert client.get("/readyz/").status_code == 200


def test_web_process_is_ready_although_all_others_are_dead(client: Client, settings: Any) -> None:
    without_valkey(settings)
    answer = client.get("/readyz/web/")
    assert (answer.status_code, answer.json()) == (200, {"database": True})


@pytest.mark.usefixtures("heartbeats")
def test_a_site_without_valkey_is_degraded_and_says_so(client: Client, settings: Any) -> None:
    without_valkey(settings)
    answer = client.get("/readyz/")
    unknown = dict.fromkeys(BEATING)
    assert (answer.status_code, answer.json()) == (200, ALL_UP | unknown | {"status": "degraded", "valkey": False})


@pytest.mark.parametrize("path", ["/healthz/", "/readyz/web/", "/metrics"])
def test_docker_and_prometheus_need_no_allowed_host_and_no_https(client: Client, settings: Any, path: str) -> None:
    settings.ALLOWED_HOSTS, settings.SECURE_SSL_REDIRECT = ["shop.example.org"], True
    assert client.get("/", headers={"host": "web:8000"}).status_code in (301, 400)
    assert client.get(path, headers={"host": "web:8000"}).status_code == 200


@pytest.mark.parametrize(
    "request_from",
    [
        {"REMOTE_ADDR": "203.0.113.9"},
        {"REMOTE_ADDR": "::ffff:203.0.113.9"},
        {"REMOTE_ADDR": ""},
        {"HTTP_X_FORWARDED_FOR": "10.0.0.1"},
        {"HTTP_X_REAL_IP": "10.0.0.1"},
        {"HTTP_FORWARDED": "for=10.0.0.1"},
        {"HTTP_VIA": "1.1 proxy"},
    ],
)
def test_nobody_outside_reads_the_metrics(client: Client, request_from: dict[str, str]) -> None:
    answer = client.get("/metrics", **request_from)  # type: ignore[arg-type]  # WSGI variables
    assert answer.status_code == 404
    assert "feedsite_" not in answer.content.decode()


@pytest.mark.parametrize("address", ["127.0.0.1", "10.1.2.3", "172.18.0.5", "::ffff:192.168.1.2", "::1", "fd00::1"])
def test_prometheus_inside_the_network_reads_the_metrics(client: Client, address: str) -> None:
    assert client.get("/metrics", REMOTE_ADDR=address).status_code == 200


def test_metrics_count_clips_and_slots_by_state(client: Client) -> None:
    clip = make_waiting_clip()
    text = client.get("/metrics").content.decode()
    assert 'feedsite_clips{state="in_review"} 1.0' in text
    assert f'feedsite_campaign_slots{{campaign="{clip.enrolment.campaign.slug}",kind="held"}} 1.0' in text


def test_metrics_are_served_without_valkey(client: Client, settings: Any) -> None:
    without_valkey(settings)
    settings.REDIS_URL = "redis://127.0.0.1:9/0"
    text = client.get("/metrics").content.decode()
    assert 'feedsite_component_up{component="valkey"} 0.0' in text
    assert 'feedsite_component_up{component="database"} 1.0' in text
    assert re.search(r"^feedsite_ledger_check_age_seconds ", text, re.MULTILINE)


@pytest.mark.parametrize("path", ["/healthz/", "/readyz/", "/readyz/web/", "/metrics"])
def test_operator_pages_are_read_only(client: Client, path: str) -> None:
    assert client.post(path).status_code == 405
