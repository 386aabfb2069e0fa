"""Log lines carry the id of their request, as text and as JSON, and say nothing at each health check."""

import io
import json
import logging
import subprocess
import sys
from typing import Any

import pytest
from django.test import Client

from feedsite.monitoring.logs import logging_config
from feedsite.monitoring.request_ids import current_request_id, request_id_set


def written(line_format: str, *, request_id: str = "", **call: Any) -> str:
    """Return what a handler of the site writes for one call of a logger."""
    formatter = logging_config(line_format=line_format, level="INFO")["formatters"]["line"]["()"]()
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(formatter)
    logger = logging.Logger("shop.orders")
    logger.addHandler(handler)
    with request_id_set(request_id):
        logger.warning(call.pop("message"), *call.pop("arguments", ()), **call)
    return stream.getvalue()


def test_json_line_has_the_id_and_the_extra_fields() -> None:
    line = written(
        "json", request_id="abcdefgh", message="Refund of %s failed", arguments=("ab12",), extra={"order": "ab12"}
    )
    assert line.count("\n") == 1
    fields = json.loads(line)
    assert fields.pop("time").endswith("+00:00")
    assert fields == {
        "level": "WARNING",
        "logger": "shop.orders",
        "message": "Refund of ab12 failed",
        "request_id": "abcdefgh",
        "order": "ab12",
    }


def test_json_line_of_an_exception_is_one_line() -> None:
    try:
        raise ValueError("two\nlines")
    except ValueError:
        line = written("json", message="Failed", exc_info=True)
    assert line.count("\n") == 1
    assert json.loads(line)["exception"].endswith("ValueError: two\nlines")


def test_extra_field_cannot_replace_a_standard_one_and_may_be_anything() -> None:
    fields = json.loads(written("json", message="Seen", extra={"level": "none", "thing": object, "keys": {1: 2}}))
    assert (fields["level"], fields["thing"], fields["keys"]) == ("WARNING", str(object), {"1": 2})


def test_text_line_has_the_id_and_the_extra_fields() -> None:
    line = written("text", request_id="abcdefgh", message="Refused", extra={"order": "ab12", "attempt": 2})
    assert line.endswith("WARNING shop.orders [abcdefgh] Refused order=ab12 attempt=2\n")
    assert "[" not in written("text", message="Refused")


@pytest.mark.parametrize(
    ("variables", "words"),
    [({"LOG_FORMAT": "xml"}, "LOG_FORMAT"), ({"LOG_LEVEL": "LOUD"}, "LOG_LEVEL")],
)
def test_unknown_format_or_level_is_refused_at_start(variables: dict[str, str], words: str) -> None:
    command = [sys.executable, "-c", "import feedsite.settings"]
    process = subprocess.run(command, env=variables, capture_output=True, text=True, check=False)
    assert process.returncode == 1
    assert words in process.stderr.splitlines()[-1]


@pytest.mark.django_db
@pytest.mark.parametrize("sent", ["", "short", "with spaces in it", "x" * 65, "line\\nbreak-1", '1234567890abcdef"}'])
def test_request_gets_a_new_id_if_the_proxy_sends_no_valid_one(client: Client, settings: Any, sent: str) -> None:
    settings.REST_FRAMEWORK = settings.REST_FRAMEWORK | {"NUM_PROXIES": 1}
    returned = client.get("/robots.txt", headers={"x-request-id": sent}).headers["X-Request-ID"]
    assert (len(returned), returned == sent) == (32, False)
    assert current_request_id() == ""


@pytest.mark.django_db
def test_request_keeps_the_id_of_the_proxy_and_of_nobody_else(client: Client, settings: Any) -> None:
    sent = {"x-request-id": "0123456789abcdef"}
    settings.REST_FRAMEWORK = settings.REST_FRAMEWORK | {"NUM_PROXIES": 1}
    assert client.get("/robots.txt", headers=sent).headers["X-Request-ID"] == "0123456789abcdef"
    settings.REST_FRAMEWORK = settings.REST_FRAMEWORK | {"NUM_PROXIES": 0}
    assert client.get("/robots.txt", headers=sent).headers["X-Request-ID"] != "0123456789abcdef"
