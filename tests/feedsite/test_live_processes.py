"""Real processes: heartbeats that health checks see, logs in JSON, and ids that follow a request into its tasks."""

import json
import socket
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import redis
from django.conf import settings
from django.core.cache import cache
from django.utils import timezone

from feedsite import celery_app
from feedsite.monitoring.heartbeats import SILENT_SECONDS, heartbeat_age, is_alive, record_heartbeat
from feedsite.monitoring.request_ids import request_id_set
from tests.factories import make_waiting_clip
from tests.feedsite.live_process import free_port, live_process, run_check
from videos.models import Job

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def empty_queues() -> Iterator[None]:
    cache.clear()
    with redis.Redis.from_url(settings.REDIS_URL) as broker:
        broker.delete("default", "transcode")
        yield
        broker.delete("default", "transcode")


def json_lines(lines: list[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in lines if line]


@pytest.mark.parametrize("role", ["worker", "transcoder"])
def test_worker_beats_although_it_does_nothing(role: str, tmp_path: Path) -> None:
    assert run_check(role).returncode == 1
    with live_process(role, tmp_path / "log") as running:
        running.wait_for(lambda: is_alive(role))
        assert (run_check(role).returncode, run_check("web", WEB_PORT=str(free_port())).returncode) == (0, 1)
        record_heartbeat(role, at=0)
        running.wait_for(lambda: (heartbeat_age(role) or 0) < SILENT_SECONDS)
    record_heartbeat(role, at=0)
    answer = run_check(role)
    assert (answer.returncode, f"The {role} on this machine has been silent" in answer.stderr) == (1, True)


def test_another_machines_worker_does_not_make_this_one_healthy() -> None:
    record_heartbeat("worker", host="elsewhere")
    answer = run_check("worker")
    assert (answer.returncode, answer.stderr) == (1, "The worker on this machine has given no sign of life.\n")


def test_check_says_that_valkey_is_down() -> None:
    answer = run_check("beat", REDIS_URL="redis://127.0.0.1:9/0")
    assert answer.returncode == 1
    assert answer.stderr.startswith("Valkey does not answer")


def test_beat_beats_and_its_log_is_quiet(tmp_path: Path) -> None:
    with live_process("beat", tmp_path / "log", LOG_FORMAT="json", DATA_DIR=str(tmp_path)) as running:
        running.wait_for(lambda: is_alive("beat", host=socket.gethostname()))
        assert run_check("beat").returncode == 0
        record_heartbeat("beat", at=0)  # the next one comes when beat enqueues something
        running.wait_for(lambda: is_alive("beat"), seconds=60)
        assert len(json_lines(running.lines)) < 10


def test_request_id_follows_into_the_task_and_every_line_is_json(tmp_path: Path) -> None:
    # Celery warns about root before logging begins; containers run as another user.
    variables = {"LOG_FORMAT": "json", "LOG_LEVEL": "DEBUG", "PYTHONWARNINGS": "ignore"}
    with live_process("worker", tmp_path / "log", **variables) as running:
        with request_id_set("request-of-maya"):
            celery_app.send_task("shop.tasks.expire_unpaid_orders")
        celery_app.send_task("shop.tasks.mail_waiting_orders", task_id="a-task-of-beat")

        def finished() -> dict[str, str]:
            lines = [line for line in running.lines if "Task finished" in line]
            return {line["task"]: line["request_id"] for line in json_lines(lines)}

        running.wait_for(lambda: len(finished()) == 2)
        assert finished() == {
            "shop.tasks.expire_unpaid_orders": "request-of-maya",
            "shop.tasks.mail_waiting_orders": "a-task-of-beat",
        }
        assert all(line["time"] and line["logger"] for line in json_lines(running.lines))


def test_task_enqueued_by_a_task_keeps_the_id(tmp_path: Path) -> None:
    source = make_waiting_clip().source
    Job.objects.filter(source=source).delete()
    Job.objects.create(source=source, queued_at=timezone.now())
    with live_process("worker", tmp_path / "log") as running, redis.Redis.from_url(settings.REDIS_URL) as broker:
        with request_id_set("request-of-noa"):
            celery_app.send_task("videos.tasks.enqueue_waiting_jobs")
        running.wait_for(lambda: broker.llen("transcode"))
        assert json.loads(broker.lindex("transcode", -1))["headers"]["request_id"] == "request-of-noa"


def test_web_processes_add_up_their_metrics_and_log_only_what_matters(tmp_path: Path) -> None:
    port = str(free_port())
    variables = {"WEB_PORT": port, "WEB_WORKERS": "3", "LOG_FORMAT": "json", "TMPDIR": str(tmp_path)}
    with live_process("web", tmp_path / "log", **variables) as running:
        running.wait_for(lambda: run_check("web", WEB_PORT=port).returncode == 0)
        for _time in range(40):
            # A connection of its own each time, so that all three processes get some.
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/v1/categories/") as answer:
                assert len(answer.headers["X-Request-ID"]) == 32
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics") as answer:
            text = answer.read().decode()
        assert 'feedsite_http_responses_total{method="GET",route="api/v1/categories/",status="200"} 40.0' in text
        assert 'feedsite_http_request_seconds_count{method="GET",route="api/v1/categories/"} 40.0' in text
        messages = [line["message"] for line in json_lines(running.lines)]
        assert not [message for message in messages if "categories" in message or "readyz" in message]
