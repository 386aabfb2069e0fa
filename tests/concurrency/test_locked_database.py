"""A table is locked for long: requests wait for a bounded time, get 503 with Retry-After, and others are served."""

import http.client
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
from django.db import connection

from feedsite.database_options import REQUEST_LIMITS, limit_requests
from tests.concurrency.test_database_restart import is_served
from tests.factories import make_product
from tests.feedsite.live_process import free_port, live_process

REQUESTS = 8
POOL = 3
SECONDS_TO_ANSWER = 16  # a wait of 10 s for the lock, after one of 5 s for a connection


def get(port: int, path: str) -> tuple[int, str | None, float]:
    """Return the status, the Retry-After header, and how many seconds the answer took."""
    client, started_at = http.client.HTTPConnection("127.0.0.1", port, timeout=60), time.monotonic()
    try:
        client.request("GET", path)
        answer = client.getresponse()
        answer.read()
        return answer.status, answer.headers["Retry-After"], time.monotonic() - started_at
    finally:
        client.close()


@pytest.mark.django_db(transaction=True)
def test_requests_that_wait_for_a_lock_or_a_connection_are_answered_in_time(tmp_path: Path) -> None:
    make_product("mug")
    port, path = free_port(), "/api/v1/products/mug/"
    variables = {"WEB_PORT": str(port), "DATABASE_POOL_SIZE": str(POOL), "DATA_DIR": str(tmp_path), "WEB_WORKERS": "1"}
    with live_process("web", tmp_path / "log", **variables) as web:
        web.wait_for(lambda: is_served(port))
        assert get(port, path)[0] == 200
        with psycopg.connect(**connection.get_connection_params() | {"cursor_factory": None}) as locking:
            locking.execute("LOCK TABLE catalog_product IN ACCESS EXCLUSIVE MODE")
            with ThreadPoolExecutor(REQUESTS) as pool:
                answers = [pool.submit(get, port, path) for _index in range(REQUESTS)]
                alive = get(port, "/healthz/")
                refused = [answer.result() for answer in answers]
            locking.rollback()
        assert alive[0] == 200 and alive[2] < 5
        assert {(status, retry) for status, retry, _seconds in refused} == {(503, "5")}
        assert max(seconds for _status, _retry, seconds in refused) < SECONDS_TO_ANSWER
        assert get(port, path)[0] == 200


def test_limits_of_requests_give_way_to_options_of_the_url() -> None:
    plain: dict[str, dict[str, str]] = {"OPTIONS": {}}
    limit_requests(plain)
    own: dict[str, dict[str, str]] = {"OPTIONS": {"options": "-c statement_timeout=60s"}}
    limit_requests(own)
    shown = [_show(database["OPTIONS"]["options"]) for database in (plain, own)]
    assert shown == [
        REQUEST_LIMITS | {"idle_in_transaction_session_timeout": "1min"},
        shown[0] | {"statement_timeout": "1min"},
    ]


def _show(options: str) -> dict[str, str]:
    """Return the limits that PostgreSQL applies to a connection with these options."""
    parameters = connection.get_connection_params() | {"cursor_factory": None, "options": options}
    with psycopg.connect(**parameters) as limited:
        return {name: str(limited.execute(f"SHOW {name}").fetchone()[0]) for name in REQUEST_LIMITS}
