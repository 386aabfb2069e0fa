"""Who gets through which door, by state of the clip, role and method: generated from the URL configuration.

The rules are in `tests/feedsite/access_rules.py`; a new address has to be given one there, or the first test fails.
"""

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client

from accounts.models import User
from creators.models import Creator
from tests.conftest import client_of
from tests.factories import NOW, make_creator, make_waiting_clip
from tests.feedsite.access_rules import (
    DOORS,
    ELSEWHERE,
    METHODS,
    PLACES,
    ROLES,
    VERBS,
    nobody,
    routes,
    without_a_rule,
)
from videos.models import Clip
from videos.states import ClipState

pytestmark = pytest.mark.django_db
SHUT = frozenset({401, 403, 404, 405})
WATCHED = (
    *("videos_clip", "videos_decision", "videos_revision", "videos_reviewlock", "videos_flag", "videos_auditentry"),
    *("videos_appeal", "videos_producttag", "videos_source", "creators_slot", "creators_enrolment"),
    *("social_like", "social_save", "social_hidden", "social_report", "social_follow"),
)
"""Tables that a door which stays shut leaves as they were."""


def test_every_address_has_a_rule() -> None:
    assert without_a_rule(routes()) == set()
    named = {*DOORS, *PLACES, *ELSEWHERE}
    assert named - routes() == set(), "These are gone."
    assert len(named) == len(DOORS) + len(PLACES) + len(ELSEWHERE), "An address has two rules."


@pytest.mark.parametrize("route", ["c/<slug:code>/raw/", "api/v1/secrets/", "admin/videos/clip/export/"])
def test_a_new_address_without_a_rule_is_found(route: str) -> None:
    assert without_a_rule({*routes(), route}) == {route}


def test_what_is_tested_elsewhere_is_tested_there() -> None:
    root = Path(__file__).parent.parent
    assert [path for path in set(ELSEWHERE.values()) if not (root / path).exists()] == []


def is_open(answer: HttpResponse) -> bool:
    sent_away = answer.status_code == 302 and answer["Location"].startswith(
        ("/accounts/login/", "/accounts/reauthenticate/", "/studio/join/", "/admin/login/")
    )
    return answer.status_code not in SHUT and not sent_away


@pytest.fixture
def clients(shopper: User, creator: Creator, moderator: User, merchant: User) -> dict[str, Client]:
    users = {"shopper": shopper, "owner": creator.user, "moderator": moderator, "merchant": merchant}
    users["rival"] = make_creator("rival").user
    return {"anonymous": Client()} | {role: client_of(user) for role, user in users.items()}


@pytest.fixture(autouse=True)
def doors_without_a_limit(settings: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.MEDIA_ROOT = tmp_path  # type: ignore[attr-defined]
    monkeypatch.setattr("rest_framework.throttling.ScopedRateThrottle.allow_request", lambda *_args: True)


def read_tables() -> tuple[str, ...]:
    """Return a digest of all rows of each table that a shut door must leave alone."""
    digest = "(SELECT md5(string_agg(one::text, '' ORDER BY one.id)) FROM {} one)"
    with connection.cursor() as cursor:
        cursor.execute("SELECT " + ", ".join(digest.format(name) for name in WATCHED))
        return tuple(cursor.fetchone())


def addresses(route: str, clip: Clip) -> Iterator[str]:
    """Yield the address of a door to this clip, with each of its verbs."""
    assert clip.source is not None
    address = "/" + route.replace("<slug:code>", clip.code).replace("<path:object_id>", str(clip.pk))
    address = address.replace("<path:name>", f"{clip.source.media_folder}/720.mp4")
    pattern = "^clips/(?P<code>[a-z0-9]+)/(?P<verb>like|save|share|not-interested)/$"
    if pattern not in address:
        yield address
        return
    for verb in VERBS:
        yield address.replace(pattern, f"clips/{clip.code}/{verb}/")


@pytest.mark.parametrize("state", ClipState)
def test_each_door_opens_for_whom_it_should(state: ClipState, clients: dict[str, Client], creator: Creator) -> None:
    clip = make_waiting_clip(creator, captions_vtt="WEBVTT\n\n00:00:00.000 --> 00:00:01.000\nHello\n")
    assert clip.source is not None
    default_storage.save(f"{clip.source.media_folder}/720.mp4", ContentFile(b"0123456789"))
    Clip.objects.update(state=state, published_at=NOW if state == ClipState.PUBLISHED else None)
    before, wrong = read_tables(), []
    for route, role, method in itertools.product(DOORS, ROLES, METHODS):
        should_open = DOORS[route].get(method, nobody)(state, role)
        for address in addresses(route, clip):
            with transaction.atomic():
                answer = getattr(clients[role], method)(address, headers={"Range": "bytes=0-1"})
                is_untouched = should_open or read_tables() == before
                transaction.set_rollback(True)
            if is_open(answer) != should_open or not is_untouched:
                wrong.append(f"{method} {address} by {role}: {answer.status_code}, untouched: {is_untouched}")
    assert wrong == []


def test_each_place_opens_for_whom_it_should_and_tells_nobody_of_what_is_not_live(
    clients: dict[str, Client], creator: Creator
) -> None:
    for state in ClipState:
        clip = make_waiting_clip(creator, caption=f"Hushed {state.value} words")
        published_at = NOW if state == ClipState.PUBLISHED else None
        Clip.objects.filter(pk=clip.pk).update(state=state, published_at=published_at)
    hushed = [clip for clip in Clip.objects.all() if not clip.is_published]
    assert len(hushed) == len(ClipState) - 1
    wrong = []
    for route, role in itertools.product(PLACES, ROLES):
        with transaction.atomic():
            answer = clients[role].get(f"/{route}")
            body = b"".join(answer) if answer.streaming else answer.content
            transaction.set_rollback(True)
        if is_open(answer) != (role in PLACES[route]):
            wrong.append(f"/{route} by {role}: {answer.status_code}")
        told = [clip.state for clip in hushed if clip.code.encode() in body or clip.caption.encode() in body]
        if told and role not in ("owner", "moderator"):
            wrong.append(f"/{route} tells {role} of {told}")
    assert wrong == []
