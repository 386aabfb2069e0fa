"""The largest bodies that are read, and bodies made to be slow, cost at most a second of processor time and 50 MB.

Endpoints come from the schema. A process of its own answers and measures.
"""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus, urlencode

import pytest
import yaml
from pytest_django import Settings

from accounts.json_parser import MAX_BYTES
from accounts.models import User
from tests.conftest import client_of
from tests.feedsite import live_process
from tests.feedsite.full_shop import make_full_shop
from tests.feedsite.prober import URLENCODED, Prober, signed_in
from tests.feedsite.test_garbage import addresses, example

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(1500)]
MOST_SECONDS, MOST_BYTES = 1.0, 50_000_000
QUERY_CHARS = 7_800
FORM_BYTES = 980_000
MIXES = 3
PIECES = ("<", "a4", "a.", "w ", "9", '"a;b"', "$", "{\\", "@a.", "\n", "-", "٣", "ﷺ ", "\u202e", ",<")
"""What a text is made of that repeats a start without its end, or is a new word, number or sign in each place."""
Request = dict[str, Any]


class Meter:
    """The process that answers, see tests.attacks.meter. `exceeded` says which requests cost too much or failed."""

    def __init__(self, session: str, folder: Path) -> None:
        environment = os.environ | {"DATABASE_URL": live_process.tests_database_url(), "DATA_DIR": str(folder)}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.attacks.meter"],
            cwd=live_process.ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.session, self.count = session, 0
        self.exceeded: dict[str, str] = {}

    def send(self, what: str, method: str, address: str, body: str = "", kind: str = "application/json") -> None:
        assert self.process.stdin
        assert self.process.stdout
        request = {"method": method, "address": address, "body": body, "kind": kind, "session": self.session}
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        cost = json.loads(self.process.stdout.readline())
        self.count += 1
        is_fault = cost["status"] >= 500 and cost["status"] not in (503, 507)
        if cost["seconds"] > MOST_SECONDS or cost["bytes"] > MOST_BYTES or is_fault:
            place = f"{method} {re.sub(r'[?].*', '?', address)[:120]}: {what}"
            said = f"{cost['status']}, {cost['seconds']:.1f} s, {cost['bytes'] / 1e6:.0f} MB"
            self.exceeded.setdefault(place, said)


@pytest.fixture
def user(settings: Settings, tmp_path: Path) -> User:
    settings.DATA_DIR, settings.MEDIA_ROOT = tmp_path, tmp_path / "media"
    return make_full_shop()


@pytest.fixture
def meter(user: User, tmp_path: Path) -> Iterator[Meter]:
    client = signed_in(user)
    meter = Meter(client.cookies["sessionid"].value, tmp_path)
    meter.send("warm up", "GET", "/")
    meter.exceeded.clear()
    yield meter
    assert meter.process.stdout
    assert meter.process.stdin
    meter.process.stdin.close()
    meter.process.wait(30)
    meter.process.stdout.close()


def fill(piece: str, size: int) -> str:
    return (piece * (size // len(piece.encode()) + 1)).encode()[:size].decode(errors="ignore")


def bodies(model: Any) -> Iterator[tuple[str, str]]:
    """Yield JSON bodies of the largest size: all texts of pieces, each value as a list of entries, and odd structures."""
    texts = [place for place in places(model) if isinstance(value_at(model, place), str)]
    for piece in PIECES if texts else ():
        body, text = model, fill(piece, (MAX_BYTES - len(json.dumps(model))) // (2 * len(texts)))
        for place in texts:
            body = put(body, place, text)
        yield f"texts of {piece!r}", json.dumps(body, ensure_ascii=False)
    for place in places(model):
        for entry in {"{}", "1", json.dumps(value_at(model, place))}:
            count = (MAX_BYTES - len(json.dumps(model)) - 20) // (len(entry) + 2)
            text = json.dumps(put(model, place, "HERE"))
            yield f"{place} with many {entry[:20]}", text.replace('"HERE"', f"[{','.join([entry] * count)}]")
    for name, piece in (("lists", "["), ("objects", '{"a":'), ("digits", "9"), ("spaces", " "), ("keys", '{"a":1},')):
        yield name, fill(piece, MAX_BYTES)
    yield "too large", "[" + "{}," * 900_000


def places(model: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the path of each value in a body."""
    if path:
        yield path
    inner = model.items() if isinstance(model, dict) else enumerate(model) if isinstance(model, list) else ()
    for key, value in inner:
        yield from places(value, (*path, key))


def value_at(model: Any, path: tuple[Any, ...]) -> Any:
    for key in path:
        model = model[key]
    return model[0] if isinstance(model, list) and model else model


def put(model: Any, path: tuple[Any, ...], value: Any) -> Any:
    """Return a copy of the body with the value at the path."""
    if not path:
        return value
    key, *rest = path
    if isinstance(model, dict):
        return model | {key: put(model[key], tuple(rest), value)}
    return [put(inner, tuple(rest), value) if number == key else inner for number, inner in enumerate(model)]


def test_api(meter: Meter, user: User) -> None:
    schema = yaml.safe_load(client_of(user).get("/api/v1/schema/").content)
    for template, item in schema["paths"].items():
        address = next(iter(addresses(template.lstrip("/").replace("{", "<str:").replace("}", ">"))))
        for method, operation in item.items():
            if method not in ("get", "post", "put", "patch", "delete"):
                continue
            names = [one["name"] for one in operation.get("parameters", ()) if one["in"] == "query"]
            for piece in PIECES if names else ():
                query = urlencode(dict.fromkeys(names, fill(piece, QUERY_CHARS // (4 * len(names)))))
                meter.send(f"query of {piece!r}", method.upper(), f"{address}?{query}")
            content = operation.get("requestBody", {}).get("content", {})
            if "application/json" in content:
                model = example(content["application/json"]["schema"], schema["components"]["schemas"])
                for what, body in bodies(model):
                    meter.send(what, method.upper(), address, body)
    assert meter.exceeded == {}
    assert meter.count > 400


def test_pages(meter: Meter, user: User) -> None:
    prober = Prober(signed_in(user), is_probed=lambda route: True)
    prober.crawl()
    for _page, form in prober.forms.values():
        texts = [name for name, field in form.fields.items() if field.is_text or field.kind == "hidden"]
        for number in range(MIXES if texts else 0):
            data = form.data | {name: [value] for name, value in mix(texts, number, FORM_BYTES)}
            meter.send(f"texts of mix {number}", "POST", form.action, urlencode(data, doseq=True), URLENCODED)
        meter.send("many fields", "POST", form.action, "&".join(f"a{number}=" for number in range(999)), URLENCODED)
        values = urlencode(dict.fromkeys(form.fields, ["1"] * (900 // max(1, len(form.fields)))), doseq=True)
        meter.send("many values", "POST", form.action, values, URLENCODED)
    for route, path in prober.pages.items():
        names = sorted({"q", "page", "o", *prober.queries.get(route, ())})
        for number in range(MIXES):
            query = urlencode(list(mix(names, number, QUERY_CHARS)))[:QUERY_CHARS]
            meter.send(f"query of mix {number}", "GET", f"{path}?{query}")
    assert meter.exceeded == {}
    assert meter.count > 1000


def mix(names: Sequence[str], number: int, size: int) -> Iterator[tuple[str, str]]:
    """Yield a text for each name, so that all together are of the size when they are sent, of another piece in each mix."""
    for place, name in enumerate(names):
        piece = PIECES[(place + number * len(PIECES) // MIXES) % len(PIECES)]
        yield name, fill(piece, size * len(piece.encode()) // (len(names) * len(quote_plus(piece))))
