"""Photo posts over the API: pictures arrive one by one, and the post goes through review like a film."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from creators.models import Creator, Slot
from tests.factories import NOW, approve, make_campaign, make_creator, make_enrolment, make_product
from tests.photo_posts import let_everybody_post, make_photo_draft, make_published_post, make_waiting_post, picture
from tests.videos.test_clips_api import send
from videos.intake import photos as photo_intake
from videos.models import Clip, DecisionAction, Photo, Reason
from videos.review.decisions import decide
from videos.states import ClipState

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def open_shop() -> None:
    let_everybody_post()


PHOTOS = Path(__file__).parents[1] / "data/photos"
CASES = json.loads((PHOTOS / "expected.json").read_text())["cases"]


def begin(client: Client, **body: Any) -> str:
    answer = send(client, "post", "clips/", {"medium": "photos", "caption": "My morning"} | body)
    assert answer.status_code == 201, answer.content
    code: str = answer.json()["code"]
    return code


def upload(client: Client, code: str, file: Any) -> Any:
    return client.post(f"/api/v1/clips/{code}/photos/", {"file": file})


def test_pictures_are_uploaded_arranged_tagged_and_submitted(as_creator: Client, creator: Creator) -> None:
    product, code = make_product(), begin(as_creator)
    ids = [upload(as_creator, code, picture(colour)).json()["id"] for colour in ("red", "blue")]
    body = {
        "photos": [{"id": ids[1], "alternative_text": "A blue wall"}, {"id": ids[0]}],
        "tags": [{"product": product.slug, "photo": ids[1], "x": 0.25, "y": 0.75}],
    }
    changed = send(as_creator, "patch", f"clips/{code}/", body)
    assert changed.status_code == 200, changed.content
    shown = changed.json()
    assert [photo["id"] for photo in shown["photos"]] == [ids[1], ids[0]]
    assert (shown["photos"][0]["alternative_text"], shown["photos"][0]["width_px"]) == ("A blue wall", 640)
    assert [(tag["photo"], tag["x"], tag["y"], tag["start_ms"]) for tag in shown["tags"]] == [
        (ids[1], 0.25, 0.75, None)
    ]
    submitted = send(as_creator, "post", f"clips/{code}/submit/")
    assert (submitted.status_code, submitted.json()["state"]) == (200, "in_review")
    assert not Slot.objects.exists()
    revision = Clip.objects.get(code=code).revisions.get()
    assert [photo["id"] for photo in revision.content["photos"]] == [ids[1], ids[0]]
    assert (revision.source, len(revision.digest)) == (None, 64)


def test_four_widths_are_stored_and_the_name_is_nowhere(as_creator: Client) -> None:
    code = begin(as_creator)
    answer = upload(as_creator, code, picture(name="jane-doe-12-high-street.png"))
    assert answer.status_code == 201 and b"jane" not in answer.content
    stem = Photo.objects.get().stem
    assert sorted(RULES_ENDINGS) == sorted(
        ending for ending in RULES_ENDINGS if default_storage.exists(f"{stem}-{ending}")
    )
    assert b"jane" not in as_creator.get(f"/api/v1/clips/{code}/").content


RULES_ENDINGS = [f"{width}.{ending}" for width in (320, 640, 1080, 1600) for ending in ("avif", "jpeg")]


def test_the_same_picture_twice_is_stored_once(as_creator: Client) -> None:
    code = begin(as_creator)
    first, again = (upload(as_creator, code, picture("green")) for _time in range(2))
    assert first.json() == again.json() and Photo.objects.count() == 1


def test_the_eleventh_photo_is_refused(as_creator: Client, creator: Creator) -> None:
    clip = make_photo_draft(creator, photo_count=10)
    answer = upload(as_creator, clip.code, picture())
    assert (answer.status_code, Photo.objects.count()) == (400, 10)
    assert answer.json() == {"file": ["A post can have at most 10 photos. Remove one first."]}


def test_a_photo_left_out_is_taken_out_with_its_tags_and_files(as_creator: Client) -> None:
    code = begin(as_creator)
    ids = [upload(as_creator, code, picture(colour)).json()["id"] for colour in ("red", "blue")]
    tags = [{"product": make_product().slug, "photo": pk, "x": 0.5, "y": 0.5} for pk in ids]
    send(as_creator, "patch", f"clips/{code}/", {"tags": tags})
    left = send(as_creator, "patch", f"clips/{code}/", {"photos": [{"id": ids[1]}]}).json()
    assert ([photo["id"] for photo in left["photos"]], [tag["photo"] for tag in left["tags"]]) == ([ids[1]], [ids[1]])
    assert not Photo.objects.filter(pk=ids[0]).exists()


@pytest.mark.parametrize(
    "tag",
    [
        {"start_ms": 0, "end_ms": 1000},
        {"photo": 0, "x": 0.5, "y": 0.5},
        {"photo": None, "x": 1.5, "y": 0.5},
        {"photo": None, "x": 0.5},
        {"photo": None, "x": 0.5, "y": 0.5, "start_ms": 0, "end_ms": 1},
    ],
)
def test_a_wrong_place_is_refused(as_creator: Client, creator: Creator, tag: dict[str, Any]) -> None:
    clip = make_photo_draft(creator)
    before = list(clip.tags.values_list("pk", flat=True))
    if tag.get("photo", 0) is None:
        tag = tag | {"photo": clip.photos.first().pk}  # type: ignore[union-attr]
    answer = send(as_creator, "patch", f"clips/{clip.code}/", {"tags": [{"product": make_product().slug} | tag]})
    assert (answer.status_code, set(answer.json())) == (400, {"tags"})
    assert list(clip.tags.values_list("pk", flat=True)) == before


def test_a_film_takes_no_photos_and_a_post_no_film(as_creator: Client, creator: Creator) -> None:
    film = send(as_creator, "post", "clips/", {"caption": "A film"}).json()["code"]
    assert (upload(as_creator, film, picture()).status_code, Photo.objects.count()) == (409, 0)


@pytest.mark.parametrize("case", CASES, ids=[case["file"] for case in CASES])
def test_each_kind_of_file_is_accepted_or_refused_with_a_reason(
    as_creator: Client, case: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    # What is stored, in every width, is the concern of tests/accounts/test_photo_case_files.py.
    monkeypatch.setattr(photo_intake, "RULES", replace(photo_intake.RULES, widths=(320,)))
    code = begin(as_creator)
    answer = upload(as_creator, code, SimpleUploadedFile("private-name.jpg", (PHOTOS / case["file"]).read_bytes()))
    if case["result"] == "accept" or answer.status_code == 201:
        assert answer.status_code == 201 and case["result"] != "refuse", answer.content
        assert [answer.json()["width_px"], answer.json()["height_px"]] == list(case["size"])
        assert b"private-name" not in answer.content
    else:
        assert answer.status_code == 400 and len(answer.json()["file"][0]) > 20
        assert not Photo.objects.exists()


def test_a_campaign_that_accepts_photos_pays_for_them(as_creator: Client, creator: Creator) -> None:
    films, both = make_campaign(), make_campaign(accepts_photos=True, products_per_clip=1)
    refused = make_photo_draft(enrolment=make_enrolment(creator, films), products=[make_product(), make_product()])
    answer = send(as_creator, "post", f"clips/{refused.code}/submit/")
    assert (answer.status_code, answer.json()) == (422, {"campaign": ["This campaign accepts films only."]})
    paid = make_waiting_post(enrolment=make_enrolment(creator, both))
    assert Slot.objects.held().filter(clip_code=paid.code).exists()
    assert Slot.objects.earned().filter(clip_code=approve(paid).code).exists()


def test_a_post_outside_campaigns_carries_a_label_only_if_something_is_declared(as_stranger: Client) -> None:
    plain, gifted = make_published_post(), make_published_post(declaration="gifted")
    labels = [as_stranger.get(f"/api/v1/clips/{clip.code}/").json()["ad_label"] for clip in (plain, gifted)]
    assert labels == ["", "Ad · gifted products"]


def test_open_posts_outside_campaigns_are_few_at_first(as_creator: Client, creator: Creator, settings: Any) -> None:
    settings.OPEN_CLIPS_WITHOUT_APPROVALS = 1
    make_waiting_post(creator)
    clip = make_photo_draft(creator)
    answer = send(as_creator, "post", f"clips/{clip.code}/submit/")
    assert (answer.status_code, set(answer.json())) == (422, {"campaign"})
    clip.refresh_from_db()
    assert (clip.state, clip.revisions.count()) == (ClipState.DRAFT, 0)


def test_wording_rules_read_the_alternative_texts(as_creator: Client, creator: Creator) -> None:
    clip = make_photo_draft(creator)
    clip.photos.update(alternative_text="Guaranteed to cure cancer")
    answer = send(as_creator, "post", f"clips/{clip.code}/submit/")
    assert (answer.status_code, set(answer.json())) == (422, {"caption"})


@pytest.mark.parametrize("state", ClipState)
def test_photos_are_served_only_while_the_post_is_live(
    state: ClipState, as_creator: Client, as_stranger: Client, as_moderator: Client, creator: Creator
) -> None:
    clip = make_photo_draft(creator, has_files=True)
    Clip.objects.filter(pk=clip.pk).update(state=state, published_at=NOW)
    address = clip.photos.earliest("position").address(640)
    statuses = [client.head(address).status_code for client in (as_creator, as_moderator, as_stranger, Client())]
    assert statuses == [200, 200, *([200] * 2 if state == ClipState.PUBLISHED else [404] * 2)]
    assert as_stranger.get(f"/api/v1/clips/{clip.code}/").status_code == statuses[2]


def test_a_photo_that_was_taken_out_stays_for_moderators_only(as_creator: Client, as_stranger: Client) -> None:
    clip = make_published_post(has_files=True)
    photo = clip.photos.earliest("position")
    Photo.objects.filter(pk=photo.pk).update(position=None)
    assert as_stranger.head(photo.address(320)).status_code == 404


def test_a_take_down_hides_the_photos_at_once(as_stranger: Client, moderator: Any) -> None:
    clip = make_published_post(has_files=True)
    address = clip.photos.earliest("position").address(1080, "avif")
    assert as_stranger.head(address).status_code == 200
    reason = Reason.objects.create(code="unsafe", text={"en": "Unsafe."})
    revision = clip.revisions.get()
    decide(revision=revision, moderator=moderator, action=DecisionAction.REMOVE, reason=reason, now=NOW)
    assert as_stranger.head(address).status_code == 404


def test_the_same_photo_is_paid_for_once(as_creator: Client, creator: Creator) -> None:
    campaign = make_campaign(accepts_photos=True, products_per_clip=1)
    enrolment = make_enrolment(creator, campaign)
    first = make_waiting_post(enrolment=enrolment)
    copy = make_photo_draft(enrolment=enrolment, photo_count=1)
    Photo.objects.filter(clip=copy).update(sha256=first.photos.earliest("position").sha256)
    answer = send(as_creator, "post", f"clips/{copy.code}/submit/")
    sentence = f"You have already submitted one of these photos, in post {first.code}. Remove it from this one."
    assert (answer.status_code, answer.json()) == (422, {"photos": [sentence]})
    assert not Slot.objects.filter(clip_code=copy.code).exists()


def test_strangers_reach_nobodys_post(as_stranger: Client, creator: Creator) -> None:
    clip, other = make_photo_draft(creator), make_creator()
    assert upload(as_stranger, clip.code, picture()).status_code == 403
    own = Client()
    own.force_login(other.user)
    assert (upload(own, clip.code, picture()).status_code, clip.photos.count()) == (404, 2)
