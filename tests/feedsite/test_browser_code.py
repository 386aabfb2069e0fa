"""Browser code and templates keep the rules that make them easy to read."""

import json
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.test import Client
from django.urls import Resolver404, resolve

ROOT = Path(__file__).resolve().parents[2]


def scripts() -> list[Path]:
    return [*ROOT.glob("*/static/**/*.js"), ROOT / "templates/feed/worker.js"]


def test_scripts_do_not_spell_urls_of_the_api() -> None:
    assert len(scripts()) > 40
    assert [path.name for path in scripts() if "/api/v1" in path.read_text()] == []


def test_scripts_stay_short() -> None:
    assert [path.name for path in scripts() if len(path.read_text().splitlines()) >= 200] == []


class ScriptData(HTMLParser):
    """Collects the JSON of one script element."""

    def __init__(self, element_id: str) -> None:
        super().__init__()
        self.element_id = element_id
        self.is_inside = False
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.is_inside = tag == "script" and ("id", self.element_id) in attrs

    def handle_endtag(self, tag: str) -> None:
        self.is_inside = False

    def handle_data(self, data: str) -> None:
        self.text += data if self.is_inside else ""


@pytest.mark.django_db
def test_every_endpoint_that_the_feed_passes_to_its_scripts_exists(client: Client) -> None:
    parser = ScriptData("feed-endpoints")
    parser.feed(client.get("/").content.decode())
    endpoints = json.loads(parser.text)
    assert endpoints["like"] == "/api/v1/clips/{code}/like/"
    assert len(endpoints) == 19
    for url in endpoints.values():
        try:
            resolve(
                url.replace("{code}", "k3v9")
                .replace("{clip_code}", "k3v9")
                .replace("{handle}", "maya")
                .replace("{slug}", "mug")
            )
        except Resolver404:
            pytest.fail(f"{url} leads nowhere.")


def test_templates_have_short_lines_and_few_of_them() -> None:
    templates = [*ROOT.glob("templates/**/*.html")]
    assert len(templates) > 80
    long = [f"{path.name}:{number}" for path in templates for number in long_lines(path.read_text())]
    assert long == []
    assert [path.name for path in templates if len(path.read_text().splitlines()) > 120] == []


def long_lines(text: str) -> list[int]:
    return [number for number, line in enumerate(text.splitlines(), start=1) if len(line) > 160]


def test_a_line_of_161_characters_is_found() -> None:
    assert long_lines("x" * 160 + "\n" + "x" * 161) == [2]
