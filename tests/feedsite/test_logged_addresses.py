"""nginx's access log has no address that is a key: whoever reads the log could open what the address opens."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

NGINX = Path(__file__).resolve().parents[2] / "docs" / "deploy" / "nginx.conf"
KEYS = {"key", "share_code", "signed", "token"}
"""Names of the parts of addresses that open something to whoever knows them."""
PLAIN = {
    *("action", "app_label", "clip", "clip_code", "code", "content_type_id", "country_code", "decision_id", "handle"),
    *("image_id", "invitation_id", "kind", "merchant", "model_name", "month", "name", "step", "thread"),
    *("number", "object_id", "path", "picture_id", "pk", "productimage_id", "section", "slug", "tag", "uidb36", "url"),
    *("price_id", "variant_id", "verb", "version", "year"),
}
"""Other parts: names, numbers and codes that open nothing by themselves."""


def list_routes(patterns: list[Any], prefix: str = "/") -> Iterator[tuple[str, URLPattern]]:
    for pattern in patterns:
        route = prefix + str(pattern.pattern).removeprefix("^")
        if isinstance(pattern, URLResolver):
            yield from list_routes(pattern.url_patterns, route)
        else:
            yield route, pattern


def parts_of(route: str) -> set[str]:
    return set(re.findall(r"<(?:\w+:)?(\w+)>", route))


def fill_in(route: str) -> str:
    """Return an address of this route, with the name of each part as its value."""
    path = re.sub(r"\(\?P<(\w+)>[^)]*\)|<(?:\w+:)?(\w+)>", lambda part: f"the-{part[1] or part[2]}", route)
    return path.rstrip("$")


def log(path: str) -> str:
    """Return what nginx logs of an address, as the map in its configuration says. `~` begins a regular expression."""
    block = re.search(r"map \$uri \$logged_path \{(.*?)\n  \}", NGINX.read_text(), re.DOTALL)
    assert block
    for line in block[1].strip().splitlines():
        source, logged = line.strip().removesuffix(";").split()
        if source.startswith("~") and re.search(source[1:], path):
            return logged
    return path


def test_every_part_of_an_address_is_known_to_be_a_key_or_not() -> None:
    parts = set().union(*(parts_of(route) for route, _pattern in list_routes(get_resolver().url_patterns)))
    assert parts - PLAIN - KEYS == set()
    assert parts >= KEYS


def test_no_key_is_logged() -> None:
    routes = [fill_in(route) for route, _pattern in list_routes(get_resolver().url_patterns) if parts_of(route) & KEYS]
    assert len(routes) >= 6
    assert [path for path in routes if any(f"the-{key}" in log(path) for key in KEYS)] == []


def test_other_addresses_are_logged() -> None:
    for path in ("/orders/abc/", "/saved/collections/abc/", "/c/abc/", "/api/v1/viewer/collections/abc/", "/outbound/"):
        assert log(path) == path
