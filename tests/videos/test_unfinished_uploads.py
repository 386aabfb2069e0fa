"""Unfinished uploads: listed with their progress, continued or discarded, and never in the way of new ones."""

import os
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from creators.models import Creator
from tests.factories import make_draft, make_waiting_clip
from tests.videos.test_tus import ADDRESS, TUS, request_upload, send, start
from tests.videos.test_upload_form import form
from videos.intake import disk, part_files, quota
from videos.models import Clip, Upload

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_folders")]
CODE = "abcdefghjk"


def start_half(client: Client, *, name: str = "IMG_1.MOV", clip: str = CODE) -> str:
    location = start(client, 4000, name=name, clip=clip)
    send(client, location, 0, b"x" * 1800)
    return location


def let_idle(minutes: int, *uploads: Upload) -> None:
    for upload in uploads:
        at = (timezone.now() - timedelta(minutes=minutes)).timestamp()
        os.utime(part_files.part_path(upload), (at, at))


def test_unfinished_uploads_are_listed_with_progress(as_creator: Client, creator: Creator, as_stranger: Client) -> None:
    location = start_half(as_creator)
    upload = Upload.objects.get()
    for address in ("/studio/", "/studio/upload/"):
        page = as_creator.get(address).content.decode()
        assert "IMG_1.MOV" in page and "45%" in page
        assert f'href="/studio/upload/?continue={CODE}"' in page
        assert f'action="/studio/uploads/{upload.code}/discard/"' in page
    [listed] = as_creator.get(ADDRESS).json()
    assert listed == {
        "code": upload.code,
        "url": f"http://testserver{location}",
        "file_name": "IMG_1.MOV",
        "clip": CODE,
        "size_bytes": 4000,
        "received_bytes": 1800,
        "is_resumable": True,
        "created_at": listed["created_at"],
        "expires_at": listed["expires_at"],
    }
    assert as_stranger.get(ADDRESS).json() == []
    assert as_stranger.post(f"/studio/uploads/{upload.code}/discard/").status_code in (302, 403, 404)
    assert Upload.objects.get().lost_bytes is None


def test_upload_is_resumed_in_the_form_of_its_draft(as_creator: Client, creator: Creator) -> None:
    start_half(as_creator)
    page = as_creator.get(f"/studio/upload/?continue={CODE}").content.decode()
    assert f'name="code" value="{CODE}"' in page
    assert "To resume, choose the same file below, in the browser" in page
    as_creator.post("/studio/upload/", form(creator, code=CODE, autosave="1"))
    assert as_creator.get(f"/studio/upload/?continue={CODE}").headers["Location"] == f"/studio/clips/{CODE}/edit/"
    assert (
        "To resume, choose the same file below, in the browser"
        in as_creator.get(f"/studio/clips/{CODE}/edit/").content.decode()
    )
    fresh = as_creator.get("/studio/upload/?continue=kkkkkkkkkk").content.decode()
    assert 'value="kkkkkkkkkk"' not in fresh


def test_half_uploaded_draft_says_so(as_creator: Client, creator: Creator) -> None:
    start_half(as_creator)
    sentence = "Only 45% of IMG_1.MOV has arrived."
    refused = as_creator.post("/studio/upload/", form(creator, code=CODE))
    assert (refused.status_code, sentence in refused.content.decode()) == (422, True)
    assert (Clip.objects.get().state, Clip.objects.get().source) == ("draft", None)
    assert sentence in as_creator.get(f"/studio/clips/{CODE}/").content.decode()
    assert as_creator.get(f"/api/v1/clips/{CODE}/status/").json()["sentence"].startswith(sentence)
    listed = as_creator.get("/studio/").content.decode()
    assert "has arrived." in listed


def test_upload_of_a_clip_that_takes_no_file_can_only_be_discarded(as_creator: Client, creator: Creator) -> None:
    clip = make_draft(creator)
    start_half(as_creator, clip=clip.code)
    Clip.objects.filter(pk=clip.pk).update(state="in_review")
    start_half(as_creator, clip=make_waiting_clip().code, name="other.mov")
    start_half(as_creator, clip="", name="app.mov")
    assert [row["is_resumable"] for row in as_creator.get(ADDRESS).json()] == [False, False, False]
    page = as_creator.get("/studio/").content.decode()
    assert (page.count("Resume"), page.count("Discard")) == (0, 3)


def test_discarded_upload_is_gone_and_its_place_is_free(as_creator: Client, creator: Creator) -> None:
    for number in range(quota.MAX_UNFINISHED):
        start_half(as_creator, clip="" if number else CODE)
    assert request_upload(as_creator, 1000).status_code == 429
    upload = Upload.objects.earliest("pk")
    answer = as_creator.post(f"/studio/uploads/{upload.code}/discard/", follow=True)
    assert "Upload discarded." in answer.content.decode()
    assert Upload.objects.get(pk=upload.pk).lost_bytes == 1800
    assert not part_files.part_path(upload).exists()
    assert request_upload(as_creator, 1000).status_code == 201
    assert as_creator.post(f"/studio/uploads/{upload.code}/discard/").status_code == 302  # pressed twice
    as_creator.post("/studio/upload/", form(creator, code=CODE, autosave="1"))
    other = Upload.objects.latest("pk")
    back = as_creator.post(f"/studio/uploads/{other.code}/discard/", {"clip": CODE})
    assert back.headers["Location"] == f"/studio/clips/{CODE}/edit/"


def test_upload_that_is_being_finished_is_not_discarded(as_creator: Client) -> None:
    start_half(as_creator)
    upload = Upload.objects.get()
    part_files.part_path(upload).write_bytes(b"x" * 4000)
    with part_files.lock_part(upload):
        answer = as_creator.post(f"/studio/uploads/{upload.code}/discard/", follow=True)
    assert "Please try again in a moment." in answer.content.decode()
    assert Upload.objects.unfinished().get() == upload


def test_new_upload_takes_the_place_of_the_one_idle_for_longest(as_creator: Client) -> None:
    for _ in range(quota.MAX_UNFINISHED):
        start_half(as_creator, clip="")
    uploads = list(Upload.objects.order_by("pk"))
    complete, busy, idle, idle_longer, recent = uploads
    part_files.part_path(complete).write_bytes(b"x" * 4000)
    let_idle(300, complete)
    let_idle(20, idle)
    let_idle(90, idle_longer)
    assert request_upload(as_creator, 1000).status_code == 201
    assert set(Upload.objects.exclude(lost_bytes=None)) == {idle_longer}
    assert request_upload(as_creator, 1000).status_code == 201
    assert set(Upload.objects.exclude(lost_bytes=None)) == {idle, idle_longer}
    refused: Any = request_upload(as_creator, 1000)
    assert (refused.status_code, refused.json()["detail"].split(".")[0]) == (429, "You have several unfinished uploads")
    assert set(Upload.objects.unfinished()) >= {complete, busy, recent}
    assert len(list(disk.uploads_folder().iterdir())) == quota.MAX_UNFINISHED


def test_refused_upload_takes_no_place(as_creator: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(quota.MAX_UNFINISHED):
        start_half(as_creator, clip="")
    let_idle(90, *Upload.objects.all())
    monkeypatch.setattr(quota, "MAX_PER_DAY", quota.MAX_UNFINISHED)
    assert request_upload(as_creator, 1000).status_code == 429
    assert Upload.objects.arriving().count() == quota.MAX_UNFINISHED


def test_file_that_is_being_checked_is_no_unfinished_upload(as_creator: Client, creator: Creator) -> None:
    clip = make_draft(creator)
    name, lifetime = "form.mp4", timedelta(hours=1)
    options = {"creator": creator, "clip_code": clip.code, "file_name": name, "lifetime": lifetime}
    upload = quota.reserve_upload(size_bytes=900, now=timezone.now(), has_arrived=True, **options)
    assert as_creator.get("/api/v1/uploads/").json() == []
    assert name not in as_creator.get("/studio/").content.decode()
    assert as_creator.delete(f"/api/v1/uploads/{upload.code}/", **TUS).status_code == 404
    assert as_creator.post(f"/studio/uploads/{upload.code}/discard/").status_code == 404
    assert as_creator.delete(f"/api/v1/clips/{clip.code}/").status_code == 409
    assert Upload.objects.unfinished().get() == upload, "It still counts towards the day."
    assert Clip.objects.get() == clip


def test_discarding_over_the_api_needs_the_protocol_and_listing_does_not(as_creator: Client) -> None:
    location = start_half(as_creator)
    assert as_creator.delete(location).status_code == 412
    assert len(as_creator.get(ADDRESS).json()) == 1
    assert as_creator.delete(location, **TUS).status_code == 204
    assert as_creator.get(ADDRESS).json() == []
