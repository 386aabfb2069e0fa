"""The upload form of the studio: nothing entered is lost, and submitting twice creates one clip."""

import re
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from creators.models import Creator, Slot
from tests.factories import make_enrolment, make_product
from tests.videos.clips import make_clip
from videos.intake import quota
from videos.intake.storage import upload_policy
from videos.models import Clip, Source, Upload

pytestmark = pytest.mark.django_db
CODE = "abcdefghjk"
CAPTIONS = b"1\r\n00:00:00,000 --> 00:00:01,000\r\n<b>Hello</b> & welcome\r\n"


@pytest.fixture(scope="session")
def video(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return make_clip(tmp_path_factory.mktemp("clips") / "phone.mp4", seconds=3.0).read_bytes()


def form(creator: Creator, **fields: object) -> dict[str, object]:
    """Return the data of a form that is complete except for the file."""
    enrolment = make_enrolment(creator)
    lamp, mug = make_product(name="Lamp"), make_product(name="Mug")
    values: dict[str, object] = {
        "code": CODE,
        "caption": "Two things",
        "campaign": enrolment.pk,
        "kind": "review",
        "verdict": "mixed",
        "language": "en",
        "is_speechless": "on",
        "tags-TOTAL_FORMS": "3",
        "tags-INITIAL_FORMS": "0",
        "tags-0-product": lamp.name,
        "tags-0-start": "0:00.5",
        "tags-0-end": "1",
        "tags-1-product": f"https://shop.example/p/{mug.slug}/",
        "tags-1-start": "1.5",
        "tags-1-end": "2,5",
        "tags-2-product": "",
    }
    return values | fields


def phone_file(video: bytes, name: str = "holiday.mp4") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, video, "video/mp4")


def test_a_form_without_javascript_submits_a_complete_clip(as_creator: Client, creator: Creator, video: bytes) -> None:
    answer = as_creator.post("/studio/upload/", form(creator, file=phone_file(video)))
    assert (answer.status_code, answer["Location"]) == (302, f"/studio/clips/{CODE}/")
    clip = Clip.objects.get()
    assert (clip.state, clip.caption, clip.verdict, clip.is_speechless) == ("uploaded", "Two things", "mixed", True)
    spans = clip.tags.order_by("start_ms").values_list("product__name", "start_ms", "end_ms")
    assert list(spans) == [("Lamp", 500, 1000), ("Mug", 1500, 2500)]
    source = Source.objects.get()
    assert (source.user_file_name, source.size_bytes, source.duration_ms) == ("holiday.mp4", len(video), 3000)
    assert (source.width_px, source.height_px) == (180, 320)
    assert Slot.objects.get().clip_code == CODE


def test_sending_the_form_twice_creates_one_clip(as_creator: Client, creator: Creator, video: bytes) -> None:
    sent = form(creator)
    as_creator.post("/studio/upload/", sent | {"file": phone_file(video)})
    again = as_creator.post("/studio/upload/", sent | {"file": phone_file(video)})
    assert again["Location"] == f"/studio/clips/{CODE}/"
    assert (Clip.objects.count(), Slot.objects.count(), Source.objects.count()) == (1, 1, 1)


def test_an_error_keeps_the_file_and_everything_typed(as_creator: Client, creator: Creator, video: bytes) -> None:
    wrong = form(creator, file=phone_file(video), **{"tags-1-product": "Unknown thing", "tags-0-end": "soon"})
    answer = as_creator.post("/studio/upload/", wrong)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Enter a time such as" in page
    assert "The shop has no product with this name." in page
    assert 'value="soon"' in page
    assert 'value="Unknown thing"' in page
    assert "holiday.mp4" in page
    clip = Clip.objects.get()
    assert (clip.state, clip.source, Slot.objects.count()) == ("draft", Source.objects.get(), 0)
    fixed = wrong | {"tags-1-product": "Mug", "tags-0-end": "1"}
    del fixed["file"]
    assert as_creator.post("/studio/upload/", fixed).status_code == 302
    assert Clip.objects.get().state == "uploaded"


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"caption": ""}, "Write a caption."),
        ({"campaign": ""}, "Choose one of the campaigns you have joined."),
        ({"is_speechless": ""}, "Add captions, or mark the clip as having no speech."),
        ({"tags-1-product": ""}, "Tag at least 2 products shown in your clip."),
        ({"tags-1-end": "9"}, "Mug is tagged until 9.0 s, but the clip ends at 3.0 s."),
        ({"tags-1-product": "Lamp"}, "This product is already tagged."),
        ({"tags-1-end": "1"}, "The end must come after the start."),
        ({"caption": "x" * 301}, "Ensure this value has at most 300 characters"),
    ],
)
def test_each_error_is_explained_and_holds_no_slot(
    as_creator: Client, creator: Creator, video: bytes, fields: dict[str, str], sentence: str
) -> None:
    answer = as_creator.post("/studio/upload/", form(creator, file=phone_file(video), **fields))
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert (Clip.objects.get().state, Slot.objects.count()) == ("draft", 0)


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("notes.txt", b"hello", "This is not a video file of an accepted type."),
        ("fake.mp4", b"hello, I am not a video at all, whatever", "This is not a video file of an accepted type."),
        ("empty.mp4", b"", "The file is empty."),
    ],
)
def test_a_file_that_is_not_a_video_is_refused_with_an_explanation(
    as_creator: Client, creator: Creator, name: str, content: bytes, sentence: str
) -> None:
    answer = as_creator.post("/studio/upload/", form(creator, file=SimpleUploadedFile(name, content)))
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert "Two things" in answer.content.decode()
    assert (Source.objects.count(), Slot.objects.count()) == (0, 0)


def test_empty_file_is_refused_by_the_api_and_uses_no_quota(as_creator: Client, creator: Creator) -> None:
    body = encode_multipart(BOUNDARY, {"file": SimpleUploadedFile("empty.mp4", b"", "video/mp4")})
    put = as_creator.put(f"/api/v1/clips/{CODE}/file/", body, content_type=MULTIPART_CONTENT)
    tus = as_creator.post(
        "/api/v1/uploads/",
        headers={"Tus-Resumable": "1.0.0", "Upload-Length": "0", "Upload-Metadata": "filename YS5tcDQ="},
    )
    for answer in (put, tus):
        assert answer.status_code == 422
        assert answer.json()["file"][0].startswith("The file is empty.")
    assert (Upload.objects.count(), Source.objects.count()) == (0, 0)


def test_a_file_that_is_too_large_is_refused_and_the_caption_is_saved(
    as_creator: Client, creator: Creator, video: bytes, settings: Any
) -> None:
    settings.UPLOAD_MAX_BYTES = 1000
    answer = as_creator.post("/studio/upload/", form(creator, file=phone_file(video)))
    page = answer.content.decode()
    assert answer.status_code == 413
    assert "The file is larger than" in page
    assert "Two things" in page
    assert Source.objects.count() == 0


@pytest.mark.parametrize("code", ["a" * 30, "abc", "ABCDEFGHJK", "__________", "abcdefghj0"])
def test_a_file_for_an_invalid_code_creates_no_draft(as_creator: Client, video: bytes, code: str) -> None:
    body = encode_multipart(BOUNDARY, {"file": phone_file(video)})
    answer = as_creator.put(f"/api/v1/clips/{code}/file/", body, content_type=MULTIPART_CONTENT)
    assert answer.status_code == 404
    assert (Clip.objects.count(), Upload.objects.count(), Source.objects.count()) == (0, 0, 0)


def test_the_file_name_is_escaped_and_never_used_for_storage(
    as_creator: Client, creator: Creator, video: bytes
) -> None:
    name = "<script>alert(1)<b> ..%2F.mp4"
    answer = as_creator.post("/studio/upload/", form(creator, file=phone_file(video, name), keep="1"))
    assert answer.status_code == 302
    source = Source.objects.get()
    assert source.user_file_name == name
    assert re.fullmatch(r"[0-9a-f]{32}\.mp4", source.storage_name)
    for address in (f"/studio/clips/{CODE}/", f"/studio/clips/{CODE}/edit/", "/studio/"):
        page = as_creator.get(address).content.decode()
        assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;b&gt; ..%2F.mp4" in as_creator.get(f"/studio/clips/{CODE}/edit/").content.decode()


def test_a_form_upload_counts_towards_the_daily_quota(
    as_creator: Client, creator: Creator, video: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quota, "MAX_PER_DAY", 1)
    sent = form(creator)
    assert as_creator.post("/studio/upload/", sent | {"file": phone_file(video)}).status_code == 302
    answer = as_creator.post("/studio/upload/", sent | {"file": phone_file(video + b"free"), "code": "bcdefghjkm"})
    assert answer.status_code == 429
    assert "You&#x27;ve reached today&#x27;s upload limit." in answer.content.decode()
    body = encode_multipart(BOUNDARY, {"file": phone_file(video + b"free")})
    by_api = as_creator.put("/api/v1/clips/bcdefghjkm/file/", body, content_type=MULTIPART_CONTENT)
    assert by_api.status_code == 429
    assert (Source.objects.count(), Slot.objects.count()) == (1, 1)


def test_the_operator_can_change_a_limit_of_the_upload_policy(
    as_creator: Client, creator: Creator, video: bytes, settings: Any
) -> None:
    sent = form(creator)
    settings.UPLOAD_LIMITS = {"max_duration_ms": 2000}
    refused = as_creator.post("/studio/upload/", sent | {"file": phone_file(video)})
    assert (refused.status_code, Source.objects.count()) == (422, 0)
    assert "The clip is longer than 2 s." in refused.content.decode()
    settings.UPLOAD_LIMITS = {"max_duration_ms": 4000}
    assert as_creator.post("/studio/upload/", sent | {"file": phone_file(video)}).status_code == 302
    settings.UPLOAD_LIMITS = {"max_minutes": 1}
    with pytest.raises(ImproperlyConfigured, match="UPLOAD_LIMITS accepts only min_side_px"):
        upload_policy()


def test_an_unknown_upload_limit_is_reported_at_start(settings: Any) -> None:
    call_command("check")
    settings.UPLOAD_LIMITS = {"max_minutes": 1}
    with pytest.raises(SystemCheckError, match="UPLOAD_LIMITS accepts only min_side_px"):
        call_command("check")


def test_the_bytes_of_a_form_count_towards_the_quota_even_if_the_file_is_refused(
    as_creator: Client, creator: Creator, video: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = b"no video" * 100
    monkeypatch.setattr(quota, "MAX_BYTES_PER_DAY", len(text) + len(video))
    sent = form(creator)
    refused = as_creator.post("/studio/upload/", sent | {"file": phone_file(text)})
    assert (refused.status_code, Upload.objects.get().lost_bytes) == (422, len(text))
    beyond = as_creator.post("/studio/upload/", sent | {"file": phone_file(video + b"x")})
    assert "You&#x27;ve reached today&#x27;s upload limit." in beyond.content.decode()
    assert (Upload.objects.count(), Source.objects.count(), Slot.objects.count()) == (1, 0, 0)
    assert as_creator.post("/studio/upload/", sent | {"file": phone_file(video)}).status_code == 302
    assert Upload.objects.get(lost_bytes=None).source == Source.objects.get()


def test_a_missing_file_is_explained(as_creator: Client, creator: Creator) -> None:
    answer = as_creator.post("/studio/upload/", form(creator))
    assert "Choose a video file." in answer.content.decode()
    assert Slot.objects.count() == 0


def test_the_same_file_is_stored_as_one_source(as_creator: Client, creator: Creator, video: bytes) -> None:
    sent = form(creator)
    as_creator.post("/studio/upload/", sent | {"file": phone_file(video)})
    as_creator.post("/studio/upload/", sent | {"file": phone_file(video, "again.mp4"), "code": "bcdefghjkm"})
    assert (Clip.objects.count(), Source.objects.count()) == (2, 1)


def test_a_caption_file_becomes_clean_webvtt(as_creator: Client, creator: Creator, video: bytes) -> None:
    captions = SimpleUploadedFile("words.srt", CAPTIONS)
    sent = form(creator, file=phone_file(video), captions_file=captions, is_speechless="")
    assert as_creator.post("/studio/upload/", sent).status_code == 302
    assert Clip.objects.get().captions_vtt == "WEBVTT\n\n00:00:00.000 --> 00:00:01.000\nHello &amp; welcome\n"


def test_a_caption_file_survives_an_error_in_another_field(as_creator: Client, creator: Creator, video: bytes) -> None:
    captions = SimpleUploadedFile("words.srt", CAPTIONS)
    sent = form(creator, file=phone_file(video), captions_file=captions, is_speechless="", caption="")
    page = as_creator.post("/studio/upload/", sent).content.decode()
    assert "00:00:00.000 --&gt; 00:00:01.000" in page
