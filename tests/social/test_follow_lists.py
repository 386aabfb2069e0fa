"""The following tab: posts of everybody whom somebody follows, in time order, found by one indexed statement."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.blocks import Block, Mute
from accounts.models import User
from creators.models import Creator
from feed.models import Viewer
from social.following import read_following
from social.models import Follow
from tests.conftest import client_of
from tests.factories import NOW, make_creator, make_enrolment, make_user
from tests.feed.watching import make_watchable_clip
from videos.models import Clip
from videos.models.clip import new_code

pytestmark = pytest.mark.django_db


def codes_in(client: Client) -> list[str]:
    """Return the codes of the tab in the API, page after page."""
    codes, after = [], ""
    while True:
        page = client.get("/api/v1/viewer/clips/following/", {"after": after}).json()
        codes += [clip["code"] for clip in page["results"]]
        if not (after := page["after"]):
            return codes


def copy_clips(clip: Clip, *creators: Creator) -> list[Clip]:
    """Copy a published clip for each of these profiles, each a minute older than the one before."""
    copies = []
    for number, creator in enumerate(creators, start=1):
        published_at = NOW - timedelta(minutes=number)
        fields = {field.attname: getattr(clip, field.attname) for field in Clip._meta.concrete_fields}
        fields |= {"id": None, "code": new_code(), "creator_id": creator.pk, "published_at": published_at}
        copies.append(Clip(**fields))
    return Clip.objects.bulk_create(copies)


def test_posts_are_in_time_order_on_pages_and_in_the_api(as_shopper: Client, shopper: User) -> None:
    clip = make_watchable_clip(None, make_enrolment(make_creator("followed")))
    clips = [clip, *copy_clips(clip, *[clip.creator] * 29)]
    make_watchable_clip(None, make_enrolment(make_creator("other")))
    assert codes_in(as_shopper) == []
    assert as_shopper.post("/api/v1/creators/followed/follow/").status_code == 204
    assert codes_in(as_shopper) == [clip.code for clip in clips]
    first = as_shopper.get("/following/")
    assert [clip.code for clip in first.context["page"].clips] == [clip.code for clip in clips[:24]]
    second = as_shopper.get("/following/", {"after": first.context["page"].after})
    assert [clip.code for clip in second.context["page"].clips] == [clip.code for clip in clips[24:]]
    for broken in ("x", ".", "1.", f"{'9' * 17}.1", "²"):
        assert as_shopper.get("/following/", {"after": broken}).status_code == 200


def test_muted_blocked_and_hidden_people_are_left_out(shopper: User) -> None:
    clips = [make_watchable_clip(None, make_enrolment(make_creator())) for _clip in range(5)]
    for clip in clips:
        Follow.objects.create(user=shopper, creator=clip.creator, created_at=NOW)
    people = [clip.creator.user for clip in clips]
    Mute.objects.create(user=shopper, muted_user=people[0], created_at=NOW)
    Block.objects.create(user=shopper, blocked_user=people[1], created_at=NOW)
    Block.objects.create(user=people[2], blocked_user=shopper, created_at=NOW)
    User.objects.filter(pk=people[3].pk).update(is_active=False)
    assert codes_in(client_of(shopper)) == [clips[4].code]


def test_everyone_followed_is_listed_in_pages(as_shopper: Client, shopper: User, client: Client) -> None:
    for number in range(30):
        Follow.objects.create(user=shopper, creator=make_creator(f"friend.{number:02}"), created_at=NOW)
    page = as_shopper.get("/following/").content.decode()
    assert page.count('value="unfollow"') == 12 and "/following/people/" in page
    everyone = as_shopper.get("/following/people/")
    assert everyone.content.decode().count('value="unfollow"') == 24
    rest = as_shopper.get("/following/people/", {"after": everyone.context["page"].after})
    assert rest.content.decode().count('value="unfollow"') == 6
    assert len(as_shopper.get("/api/v1/viewer/creators/").json()) == 30
    assert client.get("/following/people/").headers["Location"].startswith("/accounts/login/")


def test_tab_with_5000_followed_profiles_takes_one_indexed_statement() -> None:
    clip, reader = make_watchable_clip(), make_user()
    users = User.objects.bulk_create(User(email=f"many{number}@example.com") for number in range(5000))
    profiles = [Creator(user=user, handle=f"many.{user.pk}", display_name="Many") for user in users]
    profiles = Creator.objects.bulk_create(profiles)
    clips = copy_clips(clip, *profiles)
    Follow.objects.bulk_create(Follow(user=reader, creator=profile, created_at=NOW) for profile in profiles)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE videos_clip, social_follow, creators_creator")
    viewer = Viewer(user=reader)
    with CaptureQueriesContext(connection) as queries:
        page = read_following(viewer, reader=reader)
    assert [clip.code for clip in page.clips] == [clip.code for clip in clips[:24]]
    [statement] = [query["sql"] for query in queries if "social_follow" in query["sql"]]
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {statement}")
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "videos_clip_newest_of_creator" in plan and "Seq Scan on videos_clip" not in plan, plan
