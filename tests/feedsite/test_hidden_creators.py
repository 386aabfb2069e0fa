"""A creator who is deactivated, or suspended with their clips hidden, is on no public page, and comes back."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import Group
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from accounts.models import User
from feed.page.cache import clear_caches
from feedsite.suspensions import lift_suspension, suspend_creator
from tests.conftest import client_of
from tests.factories import make_creator, make_draft, make_user
from tests.feed.watching import make_watchable_clip
from videos.models import Clip

pytestmark = pytest.mark.django_db
WORDS = "Velvet Merlot"
LISTS = (
    "/",
    "/api/v1/feed/",
    "/search/?q=velvet",
    "/search/?q=maya",
    "/search/",
    "/p/{product}/",
    "/sitemap-clips.xml",
    "/sitemap-storefronts.xml",
)
PAGES = (
    "/c/{code}/",
    "/embed/{code}/",
    "/@maya/",
    "/api/v1/clips/{code}/",
    "/api/v1/creators/maya/",
    "/media/{media}",
)


def switch_off_in_admin(clip: Clip) -> None:
    administrator = make_user(is_staff=True)
    administrator.groups.add(Group.objects.get(name="Administrator"))
    client_of(administrator).post(
        f"/admin/accounts/user/access/{clip.creator.user_id}/deactivate/", {"reason": "Asked for it."}
    )


def switch_off_in_sql(clip: Clip) -> None:
    User.objects.filter(pk=clip.creator.user_id).update(is_active=False)


def switch_on(clip: Clip) -> None:
    User.objects.filter(pk=clip.creator.user_id).update(is_active=True)


def suspend(clip: Clip) -> None:
    by = User.objects.create_superuser("head@example.com")
    now = timezone.now()
    suspend_creator(creator=clip.creator, reason="Spam.", hides_clips=True, is_for_fraud=False, by=by, now=now)


def lift(clip: Clip) -> None:
    lift_suspension(creator=clip.creator, by=User.objects.get(email="head@example.com"), now=timezone.now())


def get(address: str, clip: Clip) -> HttpResponse:
    assert clip.source is not None
    tag = clip.tags.select_related("product").first()
    assert tag is not None
    names = {"code": clip.code, "product": tag.product.slug, "media": f"{clip.source.media_folder}/h264-360.mp4"}
    client = Client()
    method = client.head if address.startswith("/media/") else client.get
    return method(address.format(**names))


def is_mentioned(page: HttpResponse, clip: Clip) -> bool:
    content = page.content.decode()
    return clip.code in content or "@maya" in content


@pytest.mark.parametrize(
    ("hide", "restore"), [(switch_off_in_admin, switch_on), (switch_off_in_sql, switch_on), (suspend, lift)]
)
def test_hidden_creator_is_nowhere_and_comes_back(
    hide: Callable[[Clip], None], restore: Callable[[Clip], None]
) -> None:
    clip = make_watchable_clip(make_creator("maya"), caption=WORDS)
    other = make_watchable_clip(caption="Velvet cake")
    assert clip.source is not None
    default_storage.save(f"{clip.source.media_folder}/h264-360.mp4", ContentFile(b"0123456789"))

    def look() -> tuple[set[str], set[str]]:
        shown = {address for address in LISTS if is_mentioned(get(address, clip), clip)}
        return shown, {address for address in PAGES if get(address, clip).status_code == 200}

    lists, pages = look()
    assert pages == set(PAGES)
    assert lists == set(LISTS)
    hide(clip)
    assert look() == (set(), set())
    assert Client().get(f"/c/{other.code}/").status_code == 200
    assert Client().get("/api/v1/creators/maya/").status_code == 404
    restore(clip)
    clear_caches()  # a feed may take some seconds to show what is new
    assert look() == (lists, pages)


def test_suspended_creator_who_keeps_their_clips_stays_visible() -> None:
    clip = make_watchable_clip(make_creator("maya"), caption=WORDS)
    by = User.objects.create_superuser("head@example.com")
    now = timezone.now()
    suspend_creator(creator=clip.creator, reason="Spam.", hides_clips=False, is_for_fraud=False, by=by, now=now)
    assert {get(address, clip).status_code for address in ("/c/{code}/", "/@maya/")} == {200}


def test_either_reason_keeps_a_creator_hidden() -> None:
    clip = make_watchable_clip(make_creator("maya"), caption=WORDS)
    suspend(clip)
    switch_off_in_sql(clip)
    lift(clip)
    assert get("/@maya/", clip).status_code == 404
    switch_on(clip)
    assert get("/@maya/", clip).status_code == 200


def test_draft_of_a_hidden_creator_is_hidden_too() -> None:
    creator = make_creator("maya")
    draft = make_draft(creator)
    User.objects.filter(pk=creator.user_id).update(is_active=False)
    draft.refresh_from_db()
    assert draft.is_hidden
