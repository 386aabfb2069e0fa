"""Every value that a request may send has a limit, which is checked before anything is done with the value."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.json_parser import MAX_BYTES
from creators.models import Creator
from shop.models.bag import MAX_LINES
from tests.conftest import client_of
from tests.factories import make_draft, make_product
from videos.models import Clip
from videos.studio.forms import MAX_TAGS

pytestmark = pytest.mark.django_db
FINITE_FORMATS = {"date", "date-time", "uuid", "binary", "decimal"}


@pytest.fixture
def schema(client: Client) -> dict[str, Any]:
    document: dict[str, Any] = yaml.safe_load(client.get("/api/v1/schema/").content)
    return document


def unlimited(part: dict[str, Any], parts: dict[str, Any], path: str) -> Iterator[str]:
    """Yield the paths of values without a limit in the schema of a request."""
    if "$ref" in part:
        part = parts[part["$ref"].rpartition("/")[2]]
    for inner in (*part.get("allOf", ()), *part.get("oneOf", ()), *part.get("anyOf", ())):
        yield from unlimited(inner, parts, path)
    kind = part.get("type")
    if kind == "object":
        for name, inner in part.get("properties", {}).items():
            yield from unlimited(inner, parts, f"{path}.{name}")
    elif kind == "array":
        if "maxItems" not in part:
            yield f"{path}[]"
        yield from unlimited(part["items"], parts, f"{path}[]")
    elif (
        kind == "string" and not {"maxLength", "enum"} & part.keys() and part.get("format") not in FINITE_FORMATS
    ) or (kind in ("integer", "number") and not ({"maximum", "minimum"} <= part.keys() or "enum" in part)):
        yield path


def test_every_value_of_every_json_body_has_a_limit(schema: dict[str, Any]) -> None:
    bodies = 0
    problems: list[str] = []
    for path, item in schema["paths"].items():
        for method, operation in item.items():
            content = operation.get("requestBody", {}).get("content", {}) if isinstance(operation, dict) else {}
            if "application/json" in content:
                bodies += 1
                problems += unlimited(content["application/json"]["schema"], schema["components"]["schemas"], path)
                assert set(content) <= {"application/json", "text/plain"}, (method, path)
    assert problems == []
    assert bodies > 10


@pytest.mark.parametrize(
    ("address", "field", "entry", "most"),
    [
        ("/api/v1/events/", "events", {}, 50),
        ("/api/v1/quote/", "lines", {}, MAX_LINES),
        ("/api/v1/clips/", "tags", {}, MAX_TAGS),
        ("/api/v1/wording/", "products", "x", 20),
    ],
)
def test_long_list_is_refused_in_one_sentence_at_its_field(
    address: str, field: str, entry: object, most: int, creator: Creator
) -> None:
    answer = client_of(creator.user).post(address, {"caption": "x", field: [entry] * (most + 1)}, "application/json")
    assert answer.status_code == 400
    assert answer.json() == {field: [f"Send at most {most} entries."]}
    assert not Clip.objects.exists()


def test_largest_body_is_read_and_one_byte_more_is_not(client: Client) -> None:
    body = json.dumps({"events": [], "x": ""})
    for extra, status in ((0, 202), (1, 413)):
        padded = body.replace('""', f'"{"x" * (MAX_BYTES - len(body) + extra)}"')
        answer = client.post("/api/v1/events/", padded, "application/json")
        assert answer.status_code == status
    assert answer.json() == {"detail": f"Send at most {MAX_BYTES} bytes of JSON."}


@pytest.mark.parametrize("kind", ["application/json", "text/plain"])
@pytest.mark.parametrize(
    "body", ["[" * 30_000, '{"a":' * 10_000 + "1" + "}" * 10_000, '{"events":' + "[" * 17 + "]" * 17 + "}"]
)
def test_deeply_nested_json_is_refused(body: str, kind: str, client: Client) -> None:
    answer = client.post("/api/v1/events/", body, kind)
    assert answer.status_code == 400
    assert answer.json()["detail"]


def test_forms_are_no_way_around_json(creator: Creator) -> None:
    client = client_of(creator.user)
    for kind in ("application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
        answer = client.post("/api/v1/clips/", b"caption=Hello", kind)
        assert answer.status_code == 415
        assert answer.json()["detail"]
    assert not Clip.objects.exists()


def test_tags_and_lines_are_looked_up_together(creator: Creator) -> None:
    clip, client = make_draft(creator), client_of(creator.user)
    slugs = [make_product(f"limited-{number}").slug for number in range(MAX_TAGS)]
    counts = {
        number: (
            _count_queries(client, "patch", f"/api/v1/clips/{clip.code}/", {"tags": _tags(slugs[:number])}),
            _count_queries(client, "post", "/api/v1/quote/", {"lines": [{"product": slug} for slug in slugs[:number]]}),
        )
        for number in (1, 2, MAX_TAGS)  # the first request reads the shop's settings, too
    }
    assert counts[2] == counts[MAX_TAGS]
    assert clip.tags.count() == MAX_TAGS


def test_unknown_products_of_tags_are_named(creator: Creator) -> None:
    clip = make_draft(creator)
    tags = [*_tags([make_product("known").slug]), *_tags(["unknown"])]
    answer = client_of(creator.user).patch(f"/api/v1/clips/{clip.code}/", {"tags": tags}, "application/json")
    assert answer.status_code == 400
    assert answer.json() == {"tags": ["There is no product “unknown” on sale."]}
    assert clip.tags.count() == 2


def _tags(slugs: list[str]) -> list[dict[str, Any]]:
    return [{"product": slug, "start_ms": 0, "end_ms": 1000} for slug in slugs]


def _count_queries(client: Client, method: str, address: str, body: dict[str, Any]) -> int:
    with CaptureQueriesContext(connection) as queries:
        answer = getattr(client, method)(address, body, "application/json")
    assert answer.status_code == 200, answer.content
    return len(queries)
