"""Who may access which route, by state of the clip, role and method, for every route of the URL configuration.

The rules are in `tests/feedsite/access_rules.py`. A new route without a rule fails the first test.
"""

import itertools
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from creators.models import Creator
from tests.conftest import client_of
from tests.factories import NOW, make_creator, make_waiting_clip
from tests.feedsite.access_rules import (
    CLIP_ROUTES,
    METHODS,
    PLAIN_ROUTES,
    ROLES,
    VERBS,
    Rule,
    all_routes,
    nobody,
    routes_without_rule,
)
from tests.feedsite.tested_elsewhere import TESTED_ELSEWHERE
from tests.photo_posts import make_waiting_post
from videos.models import Clip
from videos.states import ClipState

pytestmark = pytest.mark.django_db
REFUSED = frozenset({401, 403, 404, 405, 410})
WATCHED = (
    *("videos_clip", "videos_decision", "videos_revision", "videos_reviewlock", "videos_flag", "videos_auditentry"),
    *("videos_appeal", "videos_photo", "videos_producttag", "videos_source", "creators_slot", "creators_enrolment"),
    *("social_like", "social_save", "social_hidden", "social_report", "social_follow"),
    *("accounts_block", "accounts_mute"),
    *("social_collection", "social_collectedclip", "social_rating", "social_helpfulvote"),
    *("social_comment", "social_commentlike", "social_mention", "social_commentdecision"),
    *("social_hashtagfollow", "videos_hashtag", "videos_posthashtag", "videos_postmention"),
    *("social_sharelink", "social_sentpost"),
    *("social_notification", "social_notificationchoice", "social_pushsubscription", "social_wish"),
)
"""Tables that a refused request must leave unchanged."""


def test_every_route_has_one_rule() -> None:
    assert routes_without_rule(all_routes()) == set()
    named = {*CLIP_ROUTES, *PLAIN_ROUTES, *TESTED_ELSEWHERE}
    assert named - all_routes() == set(), "These routes no longer exist."
    assert len(named) == len(CLIP_ROUTES) + len(PLAIN_ROUTES) + len(TESTED_ELSEWHERE), "A route has two rules."


@pytest.mark.parametrize("route", ["c/<slug:code>/raw/", "api/v1/secrets/", "admin/videos/clip/export/"])
def test_a_new_route_without_a_rule_is_found(route: str) -> None:
    assert routes_without_rule({*all_routes(), route}) == {route}


def test_the_test_modules_named_for_other_routes_exist() -> None:
    root = Path(__file__).parent.parent
    assert [path for path in set(TESTED_ELSEWHERE.values()) if not (root / path).exists()] == []


def is_open(answer: HttpResponse) -> bool:
    is_redirected = answer.status_code == 302 and answer["Location"].startswith(
        (
            "/accounts/login/",
            "/accounts/signup/",
            "/accounts/reauthenticate/",
            "/studio/join/",
            "/merchant/apply/",
            "/admin/login/",
        )
    )
    return answer.status_code not in REFUSED and not is_redirected


@pytest.fixture
def clients(shopper: User, creator: Creator, moderator: User, merchant: User) -> dict[str, Client]:
    users = {"shopper": shopper, "owner": creator.user, "moderator": moderator, "merchant": merchant}
    users["rival"] = make_creator("rival").user
    return {"anonymous": Client()} | {role: client_of(user) for role, user in users.items()}


@pytest.fixture(autouse=True)
def own_media_folder(settings: Settings, tmp_path: Path, no_request_limits: None) -> None:
    settings.MEDIA_ROOT = tmp_path


def read_tables() -> tuple[str, ...]:
    """Return a digest of all rows of each watched table."""
    digest = "(SELECT md5(string_agg(line::text, '' ORDER BY line.id)) FROM {} line)"
    with connection.cursor() as cursor:
        cursor.execute("SELECT " + ", ".join(digest.format(name) for name in WATCHED))
        return tuple(cursor.fetchone())


def addresses(route: str, clip: Clip) -> Iterator[str]:
    """Yield the URLs of a route for this clip, one for each of its verbs."""
    file_name = (
        f"{clip.source.media_folder}/720.mp4" if clip.source else f"{clip.photos.earliest('position').stem}-320.jpeg"
    )
    address = "/" + route.replace("<slug:code>", clip.code).replace("<path:object_id>", str(clip.pk))
    address = address.replace("<path:name>", file_name)
    pattern = "^clips/(?P<code>[a-z0-9]+)/(?P<verb>like|save|share|not-interested)/$"
    if pattern not in address:
        yield address
        return
    for verb in VERBS:
        yield address.replace(pattern, f"clips/{clip.code}/{verb}/")


@pytest.mark.parametrize("state", ClipState)
def test_clip_routes_are_open_to_the_roles_of_their_rules(
    state: ClipState, clients: dict[str, Client], creator: Creator
) -> None:
    clip = make_waiting_clip(creator, captions_vtt="WEBVTT\n\n00:00:00.000 --> 00:00:01.000\nHello\n")
    assert clip.source is not None
    default_storage.save(f"{clip.source.media_folder}/720.mp4", ContentFile(b"0123456789"))
    assert find_wrong_answers(clip, state, clients, CLIP_ROUTES) == []


@pytest.mark.parametrize("state", [ClipState.IN_REVIEW, ClipState.PUBLISHED])
def test_routes_of_photo_posts_are_open_to_the_same_roles(
    state: ClipState, clients: dict[str, Client], creator: Creator
) -> None:
    clip = make_waiting_post(creator, has_files=True)
    routes = {route: rules for route, rules in CLIP_ROUTES.items() if not route.endswith("captions.vtt")}
    assert find_wrong_answers(clip, state, clients, routes) == []


def find_wrong_answers(
    clip: Clip, state: ClipState, clients: dict[str, Client], routes: Mapping[str, Mapping[str, Rule]]
) -> list[str]:
    """Put the clip in this state, try each route as each role, and return what is against the rules."""
    Clip.objects.update(state=state, published_at=NOW if state == ClipState.PUBLISHED else None)
    before, wrong = read_tables(), []
    for route, role, method in itertools.product(routes, ROLES, METHODS):
        if method not in routes[route] and state not in (ClipState.PUBLISHED, ClipState.IN_REVIEW):
            continue  # what no rule allows is refused by its method, before anything looks at the clip
        is_allowed = routes[route].get(method, nobody)(state, role)
        for address in addresses(route, clip):
            with transaction.atomic():
                answer = getattr(clients[role], method)(address, headers={"Range": "bytes=0-1"})
                is_untouched = is_allowed or read_tables() == before
                transaction.set_rollback(True)
            if is_open(answer) != is_allowed or not is_untouched:
                wrong.append(f"{method} {address} by {role}: {answer.status_code}, untouched: {is_untouched}")
    return wrong


def test_plain_routes_follow_their_rules_and_reveal_no_unpublished_clip(
    clients: dict[str, Client], creator: Creator, settings: Settings
) -> None:
    settings.OPEN_CLIPS_WITHOUT_APPROVALS = len(ClipState)
    for state in ClipState:
        clip = make_waiting_clip(creator, caption=f"Secret {state.value} words")
        published_at = NOW if state == ClipState.PUBLISHED else None
        Clip.objects.filter(pk=clip.pk).update(state=state, published_at=published_at)
    unpublished = [clip for clip in Clip.objects.all() if not clip.is_published]
    assert len(unpublished) == len(ClipState) - 1
    wrong = []
    for route, role in itertools.product(PLAIN_ROUTES, ROLES):
        with transaction.atomic():
            answer = clients[role].get(f"/{route}".replace("<str:kind>", "saved"))
            body = b"".join(answer) if answer.streaming else answer.content
            transaction.set_rollback(True)
        if is_open(answer) != (role in PLAIN_ROUTES[route]):
            wrong.append(f"/{route} by {role}: {answer.status_code}")
        revealed = [clip.state for clip in unpublished if clip.code.encode() in body or clip.caption.encode() in body]
        if revealed and role not in ("owner", "moderator"):
            wrong.append(f"/{route} reveals to {role}: {revealed}")
    assert wrong == []
