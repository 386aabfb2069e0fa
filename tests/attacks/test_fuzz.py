"""Generated requests to every operation of the schema: none is a server error, and each answer is one that it states.

schemathesis makes requests that fit the schema and requests that do not. Each is rolled back.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, cast

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from django.test import Client
from hypothesis import HealthCheck, given, settings
from pytest_django import Settings

from tests.conftest import client_of
from tests.feedsite.full_shop import make_full_shop

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(900)]
EXAMPLES = 8
"""Requests for each operation: enough to meet every field, and few enough for two minutes."""
TOKEN = "x" * 32
Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def serialize_chunk(_context: Any, value: Any) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode(errors="replace")


def rolled_back(application: Wsgi) -> Wsgi:
    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        with transaction.atomic():
            parts = list(application(environ, start_response))
            transaction.set_rollback(True)
        return parts

    return answer


@pytest.fixture
def client(settings: Settings, tmp_path: Any, no_request_limits: None) -> Iterator[Client]:
    settings.DATA_DIR, settings.MEDIA_ROOT = tmp_path, tmp_path / "media"
    client = client_of(make_full_shop())
    for signal in (request_started, request_finished):  # which would end the transaction of the test
        signal.disconnect(close_old_connections)
    yield client
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def test_every_answer_is_one_of_the_schema(client: Client) -> None:
    schemathesis.serializer("application/offset+octet-stream")(serialize_chunk)
    api = schemathesis.openapi.from_wsgi("/api/v1/schema/", rolled_back(get_wsgi_application()))
    session = client.cookies["sessionid"].value
    headers = {"Cookie": f"sessionid={session}; csrftoken={TOKEN}", "X-CSRFToken": TOKEN, "Tus-Resumable": "1.0.0"}
    operations = [cast(Any, result).ok() for result in api.get_all_operations()]
    problems = {f"{one.method} {one.path}": found for one in operations if (found := probe(one, headers))}
    assert not problems, problems
    assert len(operations) > 30


def probe(operation: Any, headers: dict[str, str]) -> list[str]:
    """Return what is wrong with the answers to generated requests."""
    problems: list[str] = []

    @settings(
        max_examples=EXAMPLES, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
    )
    @given(case=operation.as_strategy())
    def send(case: Any) -> None:
        answer = case.call(headers=headers)
        names = ("not_a_server_error", "status_code_conformance", "content_type_conformance")
        checks = schemathesis.checks.CHECKS.get_by_names(names)
        try:
            case.validate_response(answer, checks=checks)
        except schemathesis.errors.FailureGroup as failures:
            problems.extend(f"{failure}: {case.as_curl_command()}"[:500] for failure in failures.exceptions)

    send()
    return problems[:2]
