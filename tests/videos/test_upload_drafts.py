"""Drafts of the upload form: saved incomplete, by autosave, and with a file that was sent before."""

from pathlib import Path

import pytest
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from creators.models import Creator
from tests.conftest import client_of
from tests.factories import make_creator, make_draft, make_waiting_clip
from tests.videos.clips import make_clip
from tests.videos.test_upload_form import CODE, form, phone_file
from videos.models import Clip

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="session")
def video(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return make_clip(tmp_path_factory.mktemp("clips") / "phone.mp4", seconds=3.0).read_bytes()


def test_an_incomplete_draft_can_be_saved(as_creator: Client, creator: Creator) -> None:
    answer = as_creator.post("/studio/upload/", form(creator, keep="1", caption="", **{"tags-1-product": ""}))
    assert answer.status_code == 302
    assert (Clip.objects.get().state, Clip.objects.get().tags.count()) == ("draft", 1)


def test_the_code_of_another_creators_clip_creates_a_new_clip(as_creator: Client, creator: Creator) -> None:
    other_clip = make_draft(make_creator("other"))
    as_creator.post("/studio/upload/", form(creator, code=other_clip.code, keep="1"))
    other_clip.refresh_from_db()
    assert other_clip.creator.handle == "other"
    assert Clip.objects.filter(creator=creator).count() == 1


def test_a_file_uploaded_before_the_form_belongs_to_its_clip(
    as_creator: Client, creator: Creator, video: bytes, tmp_path: Path
) -> None:
    body = encode_multipart(BOUNDARY, {"file": phone_file(video)})
    sent = as_creator.put(f"/api/v1/clips/{CODE}/file/", body, content_type=MULTIPART_CONTENT)
    assert (sent.status_code, sent.json()["state"]) == (200, "draft")
    assert as_creator.post("/studio/upload/", form(creator)).status_code == 302
    assert Clip.objects.get().state == "uploaded"


def test_autosave_saves_the_valid_fields_of_a_form(as_creator: Client, creator: Creator) -> None:
    typed = form(creator, autosave="1", **{"tags-0-end": "so", "kind": "nonsense"})
    assert as_creator.post("/studio/upload/", typed).status_code == 204
    clip = Clip.objects.get()
    assert (clip.state, clip.caption, clip.kind, clip.verdict) == ("draft", "Two things", "review", "mixed")
    assert clip.enrolment_id == typed["campaign"]
    assert list(clip.tags.values_list("product__name", "start_ms", "end_ms")) == [("Mug", 1500, 2500)]
    page = as_creator.get("/studio/upload/").content.decode()
    assert f'href="/studio/clips/{CODE}/edit/"' in page and "Two things" in page


def test_an_autosave_after_the_submission_changes_nothing(as_creator: Client) -> None:
    clip = make_waiting_clip(caption="As submitted")
    owner = client_of(clip.creator.user)
    late = {"autosave": "1", "caption": "Too late", "kind": "review", "verdict": "mixed", "language": "en"}
    rows = {"tags-TOTAL_FORMS": "0", "tags-INITIAL_FORMS": "0"}
    assert owner.post(f"/studio/clips/{clip.code}/edit/", late | rows).status_code == 409
    clip.refresh_from_db()
    assert (clip.caption, clip.tags.count()) == ("As submitted", 2)
    assert as_creator.post(f"/studio/clips/{clip.code}/edit/", late | rows).status_code == 404
