"""Pages of other sites: they write nothing through the browsers of our viewers, and replace no cookie."""

import re
from http.cookies import SimpleCookie
from typing import Any

import pytest
import yaml
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from creators.models import Creator
from feed.models import Event, Viewer
from feed.preferences import LEAST_FACTOR, MOST_REASONS
from shop.models import Bag
from social.models import Follow
from tests.conftest import client_of
from tests.factories import NOW
from tests.feed.watching import make_watchable_clip
from tests.feedsite.test_settings import read_settings

pytestmark = pytest.mark.django_db
FOREIGN: tuple[dict[str, str], ...] = (
    {"origin": "https://evil.example"},
    {"origin": "https://testserver.evil.example"},
    {"origin": "http://sub.testserver", "sec-fetch-site": "same-site"},
    {"origin": "null"},
    {"sec-fetch-site": "cross-site"},
    {"origin": "https://evil.example", "sec-fetch-site": "cross-site"},
)
OWN: tuple[dict[str, str], ...] = ({}, {"origin": "http://testserver"}, {"sec-fetch-site": "same-origin"})


def unsafe_operations(client: Client) -> list[tuple[str, str]]:
    """Return the method and an address of every operation of the schema that changes something."""
    schema: dict[str, Any] = yaml.safe_load(client.get("/api/v1/schema/").content)
    return [
        (method.upper(), fill_in(path, operation))
        for path, operations in schema["paths"].items()
        for method, operation in operations.items()
        if method in ("post", "put", "patch", "delete")
    ]


def fill_in(path: str, operation: dict[str, Any]) -> str:
    """Return an address that the path matches: numbers are 1, and words are their own names."""
    parameters = operation.get("parameters", ())
    numbers = {part["name"] for part in parameters if part["in"] == "path" and part["schema"].get("type") == "integer"}
    filled = re.sub(r"{(\w+)}", lambda part: "1" if part[1] in numbers else part[0], path)
    return re.sub(r"{\w*(id|pk)}", "1", filled).replace("{verb}", "like").replace("{", "").replace("}", "")


@pytest.mark.parametrize("headers", FOREIGN)
def test_no_operation_answers_a_foreign_page(client: Client, headers: dict[str, str]) -> None:
    operations = [*unsafe_operations(client), ("POST", "/api/v1/webhooks/stripe/")]
    assert len(operations) > 25
    for method, address in operations:
        for kind in ("application/json", "text/plain", "application/x-www-form-urlencoded"):
            answer = client.generic(method, address, "{}", content_type=kind, headers=headers)
            assert answer.status_code == 403, (method, address)
            assert not answer.cookies, (method, address)
        assert not address.startswith("/api/") or answer.json()["detail"].startswith("This request came from a page of")
    assert not Viewer.objects.exists() and not Bag.objects.exists()


@pytest.mark.parametrize("headers", OWN)
def test_own_pages_and_programs_are_served(client: Client, headers: dict[str, str]) -> None:
    clip = make_watchable_clip()
    assert client.post(f"/api/v1/clips/{clip.code}/like/", headers=headers).status_code == 204
    assert client.cookies["viewer"].value


def attack(browser: Client, address: str) -> None:
    """Post as a form of a foreign page does: without the browser's SameSite cookies, but its answer may set some."""
    answer = Client().post(address, headers={"origin": "https://evil.example", "sec-fetch-site": "cross-site"})
    browser.cookies.update(SimpleCookie({name: morsel.value for name, morsel in answer.cookies.items()}))


def test_foreign_page_makes_no_shopper_follow_anybody(shopper: User, creator: Creator, settings: Settings) -> None:
    for is_guarded in (True, False):
        if not is_guarded:
            guard = "feedsite.cross_site.CrossSiteMiddleware"
            settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if name != guard]
        browser = client_of(shopper)
        browser.get("/")
        attack(browser, f"/api/v1/creators/{creator.handle}/follow/")
        assert browser.get("/").status_code == 200
        assert Viewer.objects.get(user=shopper).followed == ([] if is_guarded else [creator.pk])
    assert not Follow.objects.exists()


HOSTILE: tuple[object, ...] = (
    {"creator:99999999999999999999": 0.25, "category:²": 0.25, "category:٣": 0.5, "interest:-1": 0.5},
    {"new": "x", "trying": None, "popular": [], "category:1": {}, "look:1": -3, "creator:1": 1e300},
    {"category:999999999999999999": 0.25, "creator:999999999999999999": 0.25, "co_watch:999999999": 0.25},
    ["new"],
    "new",
    7,
)


@pytest.mark.parametrize("factors", HOSTILE)
def test_no_stored_preference_breaks_the_feed(shopper: User, factors: object) -> None:
    make_watchable_clip()
    largest = 2**63 - 1
    Viewer.objects.create(
        user=shopper,
        created_at=NOW,
        reason_factors=factors,
        interests=[largest, -1],
        followed=[largest, -1],
        liked=[-1],
    )
    client = client_of(shopper)
    for address in ("/", "/api/v1/feed/", "/welcome/"):
        assert client.get(address).status_code == 200, address


@pytest.mark.parametrize(
    "code", ["creator:99999999999999999999", "category:²", "new\n", "x" * 30, "new:1.5", "new:", "a:b:c", "", " ", "\0"]
)
def test_reason_that_no_card_has_is_refused(client: Client, code: str) -> None:
    answer = client.post("/api/v1/feed/less/", {"reason": code}, content_type="application/json")
    assert answer.status_code == (202 if code == "new\n" else 400)  # the field strips it
    assert all(set(viewer.reason_factors) == {"new"} for viewer in Viewer.objects.all())


def test_preferences_are_bounded(shopper: User) -> None:
    viewer = Viewer.objects.create(
        user=shopper, created_at=NOW, reason_factors={f"creator:{number}": 0.25 for number in range(MOST_REASONS)}
    )
    client = client_of(shopper)
    for _time in range(12):
        client.post("/api/v1/feed/less/", {"reason": "category:7"}, content_type="application/json")
    viewer.refresh_from_db()
    assert len(viewer.reason_factors) == MOST_REASONS
    assert viewer.reason_factors["category:7"] == LEAST_FACTOR


def test_merging_a_viewer_again_and_again_stays_bounded(shopper: User) -> None:
    own = Viewer.objects.create(user=shopper, created_at=NOW, liked=list(range(1, 1001)))
    for start in (2000, 4000):
        device = Client()
        clip = make_watchable_clip()
        device.post(f"/api/v1/clips/{clip.code}/like/")
        Viewer.objects.filter(user=None, merged_into=None).update(liked=list(range(start, start + 1000)))
        device.force_login(shopper)
        assert device.get("/").status_code == 200
    own.refresh_from_db()
    assert own.liked == list(range(4000, 5000))
    assert Event.objects.filter(viewer=own.pk).count() == 2


def test_cookies_belong_to_this_host_alone_over_tls() -> None:
    names = ("SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME", "LANGUAGE_COOKIE_NAME", "COOKIE_PREFIX")
    over_tls = read_settings(*names, SITE_URL="https://shop.example.org")
    assert over_tls == ["__Host-sessionid", "__Host-csrftoken", "__Host-django_language", "__Host-"]
    assert read_settings(*names) == ["sessionid", "csrftoken", "django_language", ""]
