"""Drafts are deleted with everything that was uploaded for them; what was decided about stays."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone

from creators.models import Creator, Slot, WaitlistEntry
from tests.conftest import client_of
from tests.factories import make_creator, make_draft, make_published_clip, make_source, make_waiting_clip
from tests.videos.test_tus import start
from tests.videos.test_unfinished_uploads import start_half
from videos.intake import disk, part_files
from videos.models import Clip, ProductTag, Revision, Upload
from videos.models.clip import NotEditable
from videos.studio.drafts import ClipContent, save_content
from videos.studio.erasure import UNUSED_FOR, erase_unused_files
from videos.studio.submission import NotSubmittable, NotWithdrawable, submit_clip, withdraw_clip

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_folders")]


def by_page(client: Client, code: str) -> bool:
    return "Draft deleted." in client.post(f"/studio/clips/{code}/delete/", follow=True).content.decode()


def by_api(client: Client, code: str) -> bool:
    return client.delete(f"/api/v1/clips/{code}/").status_code == 204


BOTH = pytest.mark.parametrize("delete", [by_page, by_api])
type Delete = Callable[[Client, str], bool]


@BOTH
def test_draft_is_deleted_with_its_tags_uploads_and_file(as_creator: Client, creator: Creator, delete: Delete) -> None:
    clip, other = make_draft(creator), make_draft(creator)
    start_half(as_creator, clip=clip.code)
    kept = start(as_creator, 4000, clip=other.code)
    assert "Delete this draft" in as_creator.get(f"/studio/clips/{clip.code}/").content.decode()
    assert delete(as_creator, clip.code)
    assert list(Clip.objects.values_list("code", flat=True)) == [other.code]
    assert ProductTag.objects.filter(clip=other).count() == ProductTag.objects.count() == 2
    assert Upload.objects.unfinished().get().code == kept.strip("/").split("/")[-1]
    assert len(list(disk.uploads_folder().iterdir())) == 1
    assert erase_unused_files(now=timezone.now() + UNUSED_FOR * 2) == 1
    assert as_creator.get(f"/studio/clips/{clip.code}/").status_code == 404
    assert not delete(as_creator, clip.code)


@BOTH
def test_withdrawn_clip_is_deleted_and_its_released_slot_stays(delete: Delete) -> None:
    clip = make_waiting_clip()
    withdraw_clip(clip_id=clip.pk, now=timezone.now())
    assert delete(client_of(clip.creator.user), clip.code)
    assert (Clip.objects.count(), Revision.objects.count()) == (0, 0)
    assert (Slot.objects.get().state, Slot.objects.get().clip_code) == ("released", clip.code)


def test_deleted_draft_leaves_the_waitlist(as_creator: Client, creator: Creator) -> None:
    clip = make_draft(creator)
    assert clip.enrolment is not None
    WaitlistEntry.objects.create(enrolment=clip.enrolment, clip_code=clip.code, joined_at=timezone.now())
    assert by_api(as_creator, clip.code)
    assert WaitlistEntry.objects.get().state == "left"


@BOTH
def test_what_is_no_undecided_draft_is_kept(delete: Delete) -> None:
    published, waiting = make_published_clip(), make_waiting_clip()
    decided = make_published_clip()
    Clip.objects.filter(pk=decided.pk).update(state="draft")
    before = Clip.objects.count(), Revision.objects.count(), ProductTag.objects.count()
    for clip in (published, waiting, decided):
        client = client_of(clip.creator.user)
        assert "Delete this draft" not in client.get(f"/studio/clips/{clip.code}/").content.decode()
        assert not delete(client, clip.code)
    assert (Clip.objects.count(), Revision.objects.count(), ProductTag.objects.count()) == before
    assert client_of(waiting.creator.user).delete(f"/api/v1/clips/{waiting.code}/").status_code == 409


def test_strangers_draft_cannot_be_deleted(as_creator: Client) -> None:
    clip = make_draft(make_creator("other"))
    assert as_creator.post(f"/studio/clips/{clip.code}/delete/").status_code == 404
    assert as_creator.delete(f"/api/v1/clips/{clip.code}/").status_code == 404
    assert Clip.objects.get() == clip


def test_draft_whose_file_is_being_finished_is_kept(as_creator: Client, creator: Creator) -> None:
    clip = make_draft(creator)
    start_half(as_creator, clip=clip.code)
    start_half(as_creator, clip=clip.code, name="IMG_2.MOV")
    half, upload = Upload.objects.order_by("pk")
    part_files.part_path(upload).write_bytes(b"x" * 4000)
    with part_files.lock_part(upload):
        assert as_creator.delete(f"/api/v1/clips/{clip.code}/").status_code == 409
        assert not by_page(as_creator, clip.code)
    assert (Clip.objects.get(), ProductTag.objects.count()) == (clip, 2)
    assert set(Upload.objects.unfinished()) == {half, upload}
    assert part_files.part_path(half).stat().st_size == 1800


def test_requests_about_a_deleted_draft_are_refused(as_creator: Client, creator: Creator) -> None:
    body = {"caption": "Hello"}
    created = as_creator.post("/api/v1/clips/", body, content_type="application/json", HTTP_IDEMPOTENCY_KEY="one")
    assert created.status_code == 201
    assert by_api(as_creator, created.json()["code"])
    again = as_creator.post("/api/v1/clips/", body, content_type="application/json", HTTP_IDEMPOTENCY_KEY="one")
    assert again.status_code == 404
    assert Clip.objects.count() == 0


def test_save_that_comes_after_the_deletion_changes_nothing(creator: Creator) -> None:
    gone = make_draft(creator)
    Clip.objects.filter(pk=gone.pk).delete()
    content = ClipContent("Late", "review", "mixed", "en", True, "", [])
    with pytest.raises(NotEditable, match="This draft was deleted"):
        save_content(clip=gone, content=content, enrolment=None)
    with pytest.raises(NotSubmittable, match="This draft was deleted"):
        submit_clip(clip_id=gone.pk, now=timezone.now())
    with pytest.raises(NotEditable):
        gone.attach_source(make_source(creator))
    with pytest.raises(NotWithdrawable):
        withdraw_clip(clip_id=gone.pk, now=timezone.now())
    assert (Clip.objects.count(), ProductTag.objects.count(), Revision.objects.count()) == (0, 0, 0)
