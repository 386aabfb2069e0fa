"""Who gets through which door to a clip, in each state: generated from the URL configuration.

A new address that names a clip has to be given a rule here, or the first test fails.
"""

import itertools
from collections.abc import Callable, Iterator

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from accounts.models import User
from creators.models import Creator
from tests.conftest import client_of
from tests.factories import NOW, make_creator, make_waiting_clip
from videos.models import Clip
from videos.states import ClipState

pytestmark = pytest.mark.django_db
ROLES = ("anonymous", "shopper", "owner", "rival", "moderator", "merchant")
Rule = Callable[[ClipState, str], bool]
"""From a clip's state and who asks to whether the door opens."""


def published_or_staff(state: ClipState, role: str) -> bool:
    return state == ClipState.PUBLISHED or role in ("owner", "moderator")


def published_or_owner(state: ClipState, role: str) -> bool:
    return state == ClipState.PUBLISHED or role == "owner"


def published_only(state: ClipState, role: str) -> bool:
    return state == ClipState.PUBLISHED


def owner_only(state: ClipState, role: str) -> bool:
    return role == "owner"


def reviewer_only(state: ClipState, role: str) -> bool:
    return role == "moderator"


DOORS: dict[str, tuple[str, Rule]] = {
    "c/<slug:code>/": ("get", published_only),
    "c/<slug:code>/player/": ("get", published_only),
    "c/<slug:code>/captions.vtt": ("get", published_or_staff),
    "media/<path:name>": ("get", published_or_staff),
    "studio/clips/<slug:code>/": ("get", owner_only),
    "studio/clips/<slug:code>/edit/": ("get", owner_only),
    "studio/clips/<slug:code>/withdraw/": ("post", owner_only),
    "studio/clips/<slug:code>/appeal/": ("post", owner_only),
    "api/v1/clips/<slug:code>/": ("get", published_or_owner),
    "api/v1/clips/<slug:code>/file/": ("put", owner_only),
    "api/v1/clips/<slug:code>/status/": ("get", owner_only),
    "api/v1/clips/<slug:code>/submit/": ("post", owner_only),
    "api/v1/clips/<slug:code>/withdraw/": ("post", owner_only),
    "api/v1/clips/<slug:code>/appeal/": ("post", owner_only),
    "api/v1/clips/<slug:code>/report/": ("post", published_only),
    "report/clip/<slug:code>/": ("get", published_only),
    "api/v1/^clips/(?P<code>[a-z0-9]+)/(?P<verb>like|save|share|not-interested)/$": ("post", published_only),
    "admin/videos/clip/desk/<slug:code>/": ("get", reviewer_only),
    "admin/videos/clip/desk/<slug:code>/decide/": ("post", reviewer_only),
    "admin/videos/clip/desk/<slug:code>/lock/": ("post", reviewer_only),
}
OTHER_REPORTS = ("report/product/", "report/creator/", "api/v1/products/", "api/v1/creators/")
OTHER_CODES = (
    "orders/",
    "api/v1/orders/",
    "accounts/",
    "api/v1/uploads/",
    "checkout/",
    "api/v1/checkout/",
    "bag/",
    *OTHER_REPORTS,
)
"""Addresses whose code is not a clip's."""
SHUT = frozenset({401, 403, 404})


def routes(resolver: URLResolver, before: str = "") -> Iterator[str]:
    for entry in resolver.url_patterns:
        route = before + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from routes(entry, route)
        elif isinstance(entry, URLPattern):
            yield route


def test_every_address_of_a_clip_has_a_rule() -> None:
    named = {
        route
        for route in routes(get_resolver())
        if ("<slug:code>" in route or "<str:code>" in route or "<code>" in route or route.startswith("media/"))
        and not route.startswith(OTHER_CODES)
    }
    assert named == set(DOORS)


def is_open(answer: HttpResponse) -> bool:
    sent_away = answer.status_code == 302 and answer["Location"].startswith(
        ("/accounts/login/", "/studio/join/", "/admin/login/")
    )
    return answer.status_code not in SHUT and not sent_away


@pytest.fixture
def clients(shopper: User, creator: Creator, moderator: User, merchant: User) -> dict[str, Client]:
    users = {"shopper": shopper, "owner": creator.user, "moderator": moderator, "merchant": merchant}
    users["rival"] = make_creator("rival").user
    return {"anonymous": Client()} | {role: client_of(user) for role, user in users.items()}


@pytest.mark.parametrize("state", ClipState)
def test_each_door_opens_for_whom_it_should(
    state: ClipState, clients: dict[str, Client], creator: Creator, settings: object, tmp_path: object,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    settings.MEDIA_ROOT = tmp_path  # type: ignore[attr-defined]
    monkeypatch.setattr("rest_framework.throttling.ScopedRateThrottle.allow_request", lambda *_args: True)
    clip = make_waiting_clip(creator, captions_vtt="WEBVTT\n\n00:00:00.000 --> 00:00:01.000\nHello\n")
    assert clip.source is not None
    default_storage.save(f"{clip.source.media_folder}/720.mp4", ContentFile(b"0123456789"))
    Clip.objects.update(state=state, published_at=NOW if state == ClipState.PUBLISHED else None)
    wrong = []
    for (route, (method, rule)), role in itertools.product(DOORS.items(), ROLES):
        address = "/" + route.replace("<slug:code>", clip.code).replace(
            "<path:name>", f"{clip.source.media_folder}/720.mp4"
        )
        address = address.replace(
            "^clips/(?P<code>[a-z0-9]+)/(?P<verb>like|save|share|not-interested)/$", f"clips/{clip.code}/like/"
        )
        with transaction.atomic():
            answer = getattr(clients[role], method)(address, headers={"Range": "bytes=0-1"})
            transaction.set_rollback(True)
        if is_open(answer) != rule(state, role):
            wrong.append(f"{method} {address} by {role}: {answer.status_code}")
    assert wrong == []
