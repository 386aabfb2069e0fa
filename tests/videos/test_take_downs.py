"""Moderators take down many clips at once from admin's list, and undo it."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core import mail
from django.test import Client
from django.utils import timezone

from accounts.models import User
from creators.models import Slot
from tests.conftest import client_of
from tests.factories import (
    make_creator,
    make_enrolment,
    make_product,
    make_published_clip,
    make_reason,
    make_user,
    make_waiting_clip,
)
from videos.models import AuditEntry, Clip, Decision
from videos.review.appeals import appeal_decision
from videos.review.mail import send_decision_emails

pytestmark = pytest.mark.django_db
CLIPS = "/admin/videos/clip/"


@pytest.fixture
def moderator(db: None) -> User:
    user = make_user(is_staff=True)
    user.groups.add(Group.objects.get(name="Moderator"))
    return user


def act(client: Client, clips: list[Clip], query: str = "", **fields: Any) -> Any:
    data = {"action": "take_down", "_selected_action": [clip.pk for clip in clips], "select_across": "0"} | fields
    return client.post(f"{CLIPS}{query}", data, follow=True)


def confirm(client: Client, clips: list[Clip], query: str = "", **fields: Any) -> Any:
    values = {"confirmed": "yes", "count": str(len(clips)), "reason": make_reason().pk, "words": "Recalled."}
    return act(client, clips, query, **(values | fields))


def states() -> list[str]:
    return list(Clip.objects.order_by("pk").values_list("state", flat=True))


def test_page_asks_with_the_count_and_changes_nothing(moderator: User) -> None:
    clips = [make_published_clip(), make_published_clip(), make_waiting_clip()]
    page = act(client_of(moderator), clips).content.decode()
    assert "2 published clips are selected." in page
    assert "1 other clip is not published" in page
    assert states() == ["published", "published", "in_review"]


def test_selected_clips_are_taken_down_recorded_and_keep_their_pay(moderator: User) -> None:
    clips, other = [make_published_clip(), make_published_clip()], make_published_clip()
    page = confirm(client_of(moderator), clips)
    assert "2 clips taken down." in page.content.decode()
    assert states() == ["removed", "removed", "published"]
    assert AuditEntry.objects.filter(action="decided", moderator=moderator, clip__in=clips).count() == 2
    assert Slot.objects.earned().count() == 3
    send_decision_emails(now=timezone.now() + timedelta(minutes=5))
    assert sum("Recalled." in message.body for message in mail.outbox) == 2
    assert other.state == "published"


@pytest.mark.parametrize("by", ["creator", "products", "enrolment__campaign"])
def test_all_clips_of_a_creator_product_or_campaign(moderator: User, by: str) -> None:
    enrolment, product = make_enrolment(make_creator()), make_product()
    for _index in range(3):
        make_published_clip(None, enrolment, [product, make_product()])
    other = make_published_clip()
    key = {"creator": enrolment.creator_id, "products": product.pk, "enrolment__campaign": enrolment.campaign_id}[by]
    first = [Clip.objects.order_by("pk")[0]]
    query = f"?{by}__id__exact={key}"
    page = act(client_of(moderator), first, query, select_across="1").content.decode()
    assert "3 published clips are selected." in page
    confirm(client_of(moderator), first, query, select_across="1", count="3")
    assert states() == ["removed"] * 3 + ["published"]
    assert Clip.objects.published().get() == other


@pytest.mark.parametrize("change", [{"reason": ""}, {"count": "7"}, {"words": "x" * 1001}])
def test_refused_form_keeps_the_words_and_changes_nothing(moderator: User, change: dict[str, str]) -> None:
    clips = [make_published_clip()]
    page = confirm(client_of(moderator), clips, **change).content.decode()
    assert "1 published clip is selected." in page
    assert change.get("words", "Recalled.") in page
    assert states() == ["published"]


def test_own_clips_and_strangers_are_refused(moderator: User) -> None:
    own = make_published_clip(make_creator(user=moderator))
    assert "your own clip" in confirm(client_of(moderator), [own]).content.decode().replace("&#x27;", "'")
    manager = make_user(is_staff=True)
    manager.groups.add(Group.objects.get(name="Campaign manager"))
    confirm(client_of(manager), [own])
    assert states() == ["published"]


def test_take_down_is_undone_later_by_any_moderator(moderator: User) -> None:
    clips = [make_published_clip(), make_published_clip(), make_published_clip()]
    confirm(client_of(moderator), clips)
    Decision.objects.filter(action="remove").update(decided_at=timezone.now() - timedelta(days=2))
    mail.outbox.clear()
    send_decision_emails(now=timezone.now())
    appeal_decision(clip_id=clips[0].pk, words="No", now=timezone.now())
    decision = Decision.objects.filter(action="remove").latest("pk")
    colleague = make_user(is_staff=True)
    colleague.groups.add(Group.objects.get(name="Moderator"))
    client, address = client_of(colleague), f"{CLIPS}take-down/{decision.pk}/undo/"
    assert address in client.get("/admin/videos/decision/").content.decode()
    assert "2 clips" in client.get(address).content.decode()
    assert "2 clips are live again." in client.post(address, follow=True).content.decode()
    assert states() == ["appealed", "published", "published"]
    assert [message.subject.startswith("Your clip is live again") for message in mail.outbox].count(True) == 2
    assert AuditEntry.objects.filter(action="undid", moderator=colleague).count() == 2
    assert "0 clips are live again." in client.post(address, follow=True).content.decode()


def test_pages_of_a_clip_that_was_taken_down_lead_back(moderator: User) -> None:
    clip, client = make_published_clip(), client_of(moderator)
    pages = (f"{CLIPS}{clip.pk}/change/", f"{CLIPS}desk/{clip.code}/")
    assert all("Undo take-down" not in client.get(page).content.decode() for page in pages)
    confirm(client, [clip])
    undo = f'href="{CLIPS}take-down/{Decision.objects.get(action="remove").pk}/undo/">Undo take-down</a>'
    assert all(undo in client.get(page).content.decode() for page in pages)
    client.post(undo.split('"')[1])
    assert states() == ["published"]
    assert all("Undo take-down" not in client.get(page).content.decode() for page in pages)
