"""Error reports and traces reach the configured server, with nothing about a person, and are off otherwise."""

import json
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest
import redis
from django.conf import settings
from django.db import connection
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from feedsite import celery_app
from feedsite.monitoring.error_reports import mask
from feedsite.monitoring.request_ids import request_id_set
from tests.feedsite.live_process import LiveProcess, free_port, live_process, run_check
from tests.feedsite.receiving_server import receiving_server

pytestmark = pytest.mark.django_db(transaction=True)
NO_DATABASE = {"DATABASE_URL": "postgresql://feedsite:hunter2@127.0.0.1:9/feedsite"}
PRIVATE = [
    b"maya@example.com",
    b"maya%40example.com",
    b"s3cret-session",
    b"Maya Street",
    b"hunter2",
    b"203.0.113.7",
    b"Firefox/987",
]
"""What the requests below contain, and what must not be sent on."""


def address_without_tables() -> str:
    """Return the address of a database in which every query fails."""
    server = connection.settings_dict
    return f"postgresql://{server['USER']}:{server['PASSWORD']}@{server['HOST']}:{server['PORT']}/postgres"


def open_page(port: str, path: str) -> int:
    """Request a page with much that is personal, and return the status."""
    headers = {
        "Cookie": "sessionid=s3cret-session",
        "User-Agent": "Firefox/987",
        "X-Forwarded-For": "203.0.113.7",
        "X-Request-ID": "0123456789abcdef",
    }
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}?email=maya@example.com", headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def is_alive(port: str) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz/", timeout=5):
            return True
    except OSError:
        return False


def sentry_events(bodies: list[bytes]) -> list[dict[str, object]]:
    """Return the events in envelopes: lines of headers and payloads in turn."""
    lines = [json.loads(line) for body in bodies for line in body.splitlines() if line]
    return [line for line in lines if "exception" in line or "logentry" in line]


def test_web_reports_an_error_without_personal_data(tmp_path: Path) -> None:
    port = str(free_port())
    with receiving_server() as received:
        dsn = received.address.replace("http://", "http://key@") + "/1"
        variables = {"SENTRY_DSN": dsn, "WEB_PORT": port, "NUM_PROXIES": "1", "DATABASE_URL": address_without_tables()}
        with live_process("web", tmp_path / "log", **variables) as web:
            web.wait_for(lambda: is_alive(port))
            assert open_page(port, "/api/v1/products/maya@example.com/") in (404, 500)
            assert open_page(port, "/api/v1/categories/") == 500
            web.wait_for(lambda: b"ProgrammingError" in received.everything)
    events = sentry_events([body for _path, body in received.requests])
    event = next(event for event in events if "ProgrammingError" in json.dumps(event))
    assert event["tags"] == {"request_id": "0123456789abcdef"}
    assert str(event["release"]).startswith("feedsite@")
    assert event["request"] == {"method": "GET"}
    assert [word for word in PRIVATE if word in received.everything] == []


def test_worker_reports_an_error_of_a_task(tmp_path: Path) -> None:
    with receiving_server() as received:
        dsn = received.address.replace("http://", "http://key@") + "/1"
        with live_process("worker", tmp_path / "log", SENTRY_DSN=dsn, **NO_DATABASE) as worker:
            with request_id_set("request-of-maya"):
                celery_app.send_task("payouts.tasks.send_payout", args=["maya@example.com"])
            worker.wait_for(lambda: sentry_events([body for _path, body in received.requests]))
    [event, *_] = sentry_events([body for _path, body in received.requests])
    assert (event["transaction"], event["tags"]) == ("payouts.tasks.send_payout", {"request_id": "request-of-maya"})
    assert [word for word in PRIVATE if word in received.everything] == []


def test_traces_follow_a_request_into_its_queries_without_personal_data(tmp_path: Path) -> None:
    port = str(free_port())
    with receiving_server() as received:
        variables = {"OTEL_EXPORTER_OTLP_ENDPOINT": received.address, "OTEL_BSP_SCHEDULE_DELAY": "300"}
        with live_process("web", tmp_path / "log", WEB_PORT=port, NUM_PROXIES="1", **variables) as web:
            web.wait_for(lambda: run_check("web", WEB_PORT=port).returncode == 0)
            assert open_page(port, "/api/v1/categories/") == 200
            assert open_page(port, "/api/v1/products/maya@example.com/") in (404, 500)
            wait_for_spans(web, received.requests, "http.route")
    spans = spans_of(received.requests)
    [request] = [span for span in spans if span["attributes"].get("http.route") == "api/v1/categories/"]
    assert request["attributes"]["feedsite.request_id"] == "0123456789abcdef"
    queries = [span for span in spans if "db.statement" in span["attributes"] and span["trace"] == request["trace"]]
    assert any("catalog_category" in str(query["attributes"]["db.statement"]) for query in queries)
    assert [word for word in PRIVATE if word in received.everything] == []


def spans_of(requests: list[tuple[str, bytes]]) -> list[dict[str, dict[str, str]]]:
    """Return name, trace and attributes of each span that was sent."""
    spans = []
    for path, body in requests:
        assert path == "/v1/traces"
        message = ExportTraceServiceRequest.FromString(body)
        for resource in message.resource_spans:
            for scope in resource.scope_spans:
                for span in scope.spans:
                    attributes = {item.key: item.value.string_value for item in span.attributes}
                    spans.append({"name": span.name, "trace": span.trace_id, "attributes": attributes})
    return spans


def wait_for_spans(web: LiveProcess, requests: list[tuple[str, bytes]], attribute: str) -> None:
    web.wait_for(lambda: any(attribute in span["attributes"] for span in spans_of(list(requests))))


def test_nothing_is_imported_unless_it_is_configured() -> None:
    program = (
        "import sys, feedsite.wsgi; "
        "ours = ('sentry_sdk', 'opentelemetry.instrumentation', 'opentelemetry.exporter'); "  # redis imports the SDK
        "print([name for name in sys.modules if name.startswith(ours)])"
    )
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert answer.stdout == "[]\n"


@pytest.mark.parametrize(
    ("message", "masked"),
    [
        (
            'duplicate key value violates "accounts_email"\nDETAIL: Key (email)=(a@b.c)',
            'duplicate key value violates "accounts_email"',
        ),
        ("no user maya@example.com here", "no user … here"),
        ("invalid literal for int(): 'Maya Street 5'", "invalid literal for int(): …"),
        ("card 4242424242424242 declined", "card … declined"),
        ("GET https://pay.example.org/x?email=maya failed", "GET https://pay.example.org/x… failed"),
        ("no database at 127.0.0.1", "no database at 127.0.0.1"),
    ],
)
def test_values_in_messages_are_masked(message: str, masked: str) -> None:
    assert mask(message) == masked


@pytest.fixture(autouse=True)
def empty_queue() -> None:
    with redis.Redis.from_url(settings.REDIS_URL) as broker:
        broker.delete("default", "transcode")
