"""Garbage in every parameter and every field of the API is refused with a status of the schema, never a server error.

Endpoints come from the schema, so that new ones are tested too. Each request is rolled back.
"""

import json
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import quote, urlencode

import pytest
import yaml
from django.core.signals import got_request_exception
from django.db import transaction
from django.http import HttpResponse

from accounts.models import User
from shop.models import Address
from tests.conftest import client_of
from tests.factories import (
    NOW,
    make_creator,
    make_draft,
    make_enrolment,
    make_published_clip,
    make_user,
    make_waiting_clip,
)
from tests.shop.conftest import ADDRESS
from videos.models import Clip

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(900)]
GARBAGE = (
    "a\0b",
    "x" * 20_000,
    "9" * 30,
    "9223372036854775808",
    "-1",
    "1e400",
    "NaN",
    "٣٤",
    "²",
    "0000-01-01",
    "10000-01-01",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-12:00",
    "00:00:99",
    "\ud7ff\U0010ffff\u202e",
    '{"$ne": 1}',
    "' OR 1=1 --",
    "../../etc/passwd",
)
JSON_GARBAGE: tuple[Any, ...] = (
    *GARBAGE,
    None,
    True,
    2**70,
    -(2**70),
    1e308,
    [],
    {},
    [[]],
    [None],
    ["a\0b"],
    [{}],
    [2**70],
)
BODIES = (b"", b"\xff\xfe\x00", b"[", b"null", b"[]", b"1e999", b'"text"', b'{"a": "\\ud800"}', b"{" * 3000)
Failures = dict[str, str]


class Prober:
    """Sends requests, and collects the exceptions behind answers of 500 by place."""

    def __init__(self, user: User) -> None:
        self.client = client_of(user)
        self.client.raise_request_exception = False
        self.failures: Failures = {}
        self.stated: set[str] = set()
        """The statuses that the schema states for the operation that is probed."""
        self.count = 0

    def send(self, what: str, request: Callable[[], HttpResponse]) -> HttpResponse | None:
        caught: list[str] = []

        def remember(**_values: Any) -> None:

            kind, error, trace = sys.exc_info()
            while (
                trace is not None
                and trace.tb_next is not None
                and "/site-packages/" not in trace.tb_next.tb_frame.f_code.co_filename
            ):
                trace = trace.tb_next
            where = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else ""
            caught.append(f"{kind and kind.__name__}: {str(error)[:150]} at {where}")

        got_request_exception.connect(remember)
        answer: Any = None
        try:
            with transaction.atomic():
                self.count += 1
                answer = request()
                if answer.streaming:
                    for _part in answer.streaming_content:
                        pass
                transaction.set_rollback(True)
        finally:
            got_request_exception.disconnect(remember)
        if answer is not None and answer.status_code >= 500 and answer.status_code not in (503, 507):
            self.failures.setdefault(caught[0] if caught else what, f"{answer.status_code} {what[:200]}")
        if answer is not None and self.stated and str(answer.status_code) not in self.stated:
            self.failures.setdefault(f"{answer.status_code} is not in the schema", what[:200])
        return answer


@pytest.fixture
def prober(settings: Any, tmp_path: Any, no_request_limits: None) -> Prober:
    settings.DATA_DIR = tmp_path
    user = make_user("root@example.com", is_staff=True, is_superuser=True, adult_confirmed_at=NOW)
    Address.objects.create(user=user, **ADDRESS)
    make_draft(enrolment=make_enrolment(make_creator("maya", user=user)))
    make_published_clip()
    make_waiting_clip()
    return Prober(user)


def addresses(route: str) -> Iterator[str]:
    """Return addresses of the route: with existing rows where it can be guessed, and with garbage."""
    if "<" not in route and "(?P" not in route:
        yield f"/{route}".replace("$", "").replace("^", "")
        return
    codes = list(Clip.objects.order_by("pk").values_list("code", flat=True))
    known = {"code": codes, "handle": ["maya"], "slug": ["books"], "pk": ["1"], "object_id": ["1"]}
    plain = re.sub(r"\(\?P<(\w+)>[^()]*(?:\([^()]*\))?[^()]*\)", r"<str:\1>", route).replace("^", "").replace("$", "")
    names = re.findall(r"<(?:(\w+):)?(\w+)>", plain)
    for index in range(3):
        path = plain
        for converter, name in names:
            values = known.get(name) or (["1"] if converter == "int" else ["like" if name == "verb" else "x"])
            path = re.sub(rf"<(?:\w+:)?{name}>", values[index % len(values)], path, count=1)
        yield f"/{path}"
    for garbage in ("a\0b", "9223372036854775808", "²", "x" * 3000):
        path = plain
        for converter, name in names:
            value = garbage if converter != "int" or (garbage.isascii() and garbage.isdigit()) else "9" * 25
            path = re.sub(rf"<(?:\w+:)?{name}>", lambda _match, value=value: quote(value), path, count=1)
        yield f"/{path}"


def example(schema: Mapping[str, Any], parts: Mapping[str, Any], depth: int = 0) -> Any:
    """Return a plausible value for a schema."""
    if "$ref" in schema:
        return example(parts[schema["$ref"].rpartition("/")[2]], parts, depth + 1) if depth < 5 else {}
    if "allOf" in schema or "oneOf" in schema:
        return example((schema.get("allOf") or schema["oneOf"])[0], parts, depth + 1)
    if "enum" in schema:
        return schema["enum"][0]
    kind = schema.get("type")
    if kind == "object" or "properties" in schema:
        return {name: example(inner, parts, depth + 1) for name, inner in schema.get("properties", {}).items()}
    if kind == "array":
        return [example(schema["items"], parts, depth + 1)]
    return {"integer": 1, "number": 1.5, "boolean": True}.get(str(kind), "x")


def spoilt(value: Any, garbage: Any) -> Iterator[Any]:
    """Return copies of the value, each with garbage in one place."""
    yield garbage
    if isinstance(value, dict):
        for name, inner in value.items():
            for worse in spoilt(inner, garbage):
                yield value | {name: worse}
    elif isinstance(value, list):
        for worse in spoilt(value[0], garbage):
            yield [worse]


def test_api(prober: Prober) -> None:
    schema = yaml.safe_load(prober.client.get("/api/v1/schema/").content)
    parts, operations = schema["components"]["schemas"], 0
    for template, item in schema["paths"].items():
        routes = list(addresses(template.lstrip("/").replace("{", "<str:").replace("}", ">")))
        for method, operation in item.items():
            if method not in ("post", "put", "patch", "delete", "get"):
                continue
            operations += 1
            prober.stated = set(operation["responses"])
            send = getattr(prober.client, method)
            for parameter in operation.get("parameters", []):
                for garbage in GARBAGE:
                    sent = {parameter["name"]: garbage[:3000]}
                    if parameter["in"] == "query":
                        call = lambda address=routes[0], sent=sent, send=send: send(f"{address}?{urlencode(sent)}")  # noqa: E731
                    elif parameter["in"] == "header" and garbage.isprintable():
                        headers = {"Tus-Resumable": "1.0.0"} | {name: quote(value) for name, value in sent.items()}
                        call = lambda address=routes[0], headers=headers, send=send: send(address, headers=headers)  # noqa: E731
                    else:
                        continue
                    prober.send(f"{method} {routes[0]} {parameter['name']}={garbage[:30]!r}", call)
            content = operation.get("requestBody", {}).get("content", {})
            if method == "get" or "application/json" not in content:
                for address in routes:
                    prober.send(f"{method} {address}", lambda address=address, send=send: send(address))
                continue
            model = example(content["application/json"]["schema"], parts)
            bodies: list[Any] = [json.dumps(body) for garbage in JSON_GARBAGE for body in spoilt(model, garbage)]
            for body in [*bodies, *BODIES]:
                for address in routes[:2]:
                    prober.send(
                        f"{method} {address} {body[:150]!r}",
                        lambda address=address, body=body, send=send: send(address, body, "application/json"),
                    )
    assert prober.failures == {}
    assert operations > 30
