"""Creators edit their handle, name, bio and picture; a former handle redirects and is kept from others."""

import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from PIL import Image

from accounts.models import User
from creators.models import Creator, FormerHandle, RetiredHandle
from creators.profiles import HandleTaken, change_profile
from tests.conftest import client_of
from tests.factories import PASSWORD, make_creator, make_user

pytestmark = pytest.mark.django_db
PAGE = "/studio/profile/"


@pytest.fixture(autouse=True)
def media_folder(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def profile_of(creator: Creator) -> tuple[str, str, str]:
    creator.refresh_from_db()
    return creator.handle, creator.display_name, creator.bio


def save(client: Client, creator: Creator, **fields: object) -> Any:
    typed = {"handle": creator.handle, "display_name": creator.display_name, "bio": creator.bio}
    return client.post(PAGE, typed | fields)


def picture() -> SimpleUploadedFile:
    file = io.BytesIO()
    Image.new("RGB", (400, 400), "teal").save(file, "PNG")
    return SimpleUploadedFile("me.png", file.getvalue(), "image/png")


def test_creator_edits_everything_that_shoppers_see(creator: Creator, as_creator: Client) -> None:
    answer = save(as_creator, creator, handle="Maya.Reads", display_name="Maya R.", bio="Books.", picture=picture())
    assert answer["Location"] == PAGE
    assert profile_of(creator) == ("maya.reads", "Maya R.", "Books.")
    assert default_storage.exists(f"{creator.avatar_stem}-128.webp")
    page = Client().get("/@maya.reads/").content.decode()
    assert "Maya R." in page
    assert creator.avatar_url in page


def test_picture_is_removed_with_its_files(
    creator: Creator, as_creator: Client, django_capture_on_commit_callbacks: Any
) -> None:
    save(as_creator, creator, picture=picture())
    creator.refresh_from_db()
    stem = creator.avatar_stem
    with django_capture_on_commit_callbacks(execute=True):
        save(as_creator, creator, removes_picture="on")
    creator.refresh_from_db()
    assert creator.avatar_stem == ""
    assert not default_storage.exists(f"{stem}-128.webp")


@pytest.mark.parametrize("handle", ["lou", "LOU", "lou.before"])
def test_handle_that_another_creator_has_or_had_is_refused_at_its_field(
    handle: str, creator: Creator, as_creator: Client
) -> None:
    other = make_creator("lou.before")
    change_profile(creator=other, changes={"handle": "lou"}, now=timezone.now())
    answer = save(as_creator, creator, handle=handle, bio="Typed a minute ago", display_name="New name")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "This handle is taken. Choose another." in page
    assert "Typed a minute ago" in page
    assert f'value="{handle.lower()}"' in page or f'value="{handle}"' in page
    assert "unique" not in page
    assert profile_of(creator)[0] == "maya"
    assert profile_of(creator)[2] == ""


def test_unreadable_picture_is_refused_and_nothing_is_saved(creator: Creator, as_creator: Client) -> None:
    file = SimpleUploadedFile("me.png", b"not a picture", "image/png")
    answer = save(as_creator, creator, handle="maya.reads", bio="Typed", picture=file)
    assert answer.status_code == 422
    assert "field--wrong" in answer.content.decode()
    assert profile_of(creator) == ("maya", creator.display_name, "")
    assert not FormerHandle.objects.exists()


def test_refused_handle_leaves_no_picture_behind(creator: Creator, as_creator: Client, tmp_path: Path) -> None:
    make_creator("noor")
    assert save(as_creator, creator, handle="noor", picture=picture()).status_code == 422
    assert profile_of(creator)[0] == "maya" and creator.avatar_stem == ""
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_former_handle_leads_to_the_new_one_everywhere(
    creator: Creator, as_creator: Client, as_shopper: Client
) -> None:
    save(as_creator, creator, handle="maya.reads")
    assert Client().get("/@maya/")["Location"] == "/@maya.reads/"
    assert Client().get("/api/v1/creators/maya/").json()["handle"] == "maya.reads"
    assert as_shopper.post("/api/v1/creators/maya/follow/").status_code < 300
    assert Client().get("/report/creator/maya/").status_code == 200


def test_former_handle_leads_nowhere_after_ninety_days_and_is_nobody_elses(creator: Creator) -> None:
    change_profile(creator=creator, changes={"handle": "maya.reads"}, now=timezone.now() - timedelta(days=91))
    assert Client().get("/@maya/").status_code == 404
    other = make_creator("lou")
    for handle in ("maya", "rnaya", "m.a.y.a"):
        with pytest.raises(HandleTaken):
            change_profile(creator=other, changes={"handle": handle}, now=timezone.now())
    assert profile_of(other)[0] == "lou"
    change_profile(creator=creator, changes={"handle": "maya"}, now=timezone.now())
    assert profile_of(creator)[0] == "maya"


def test_handles_of_a_deleted_account_are_nobody_elses_and_nothing_of_them_can_be_read(creator: Creator) -> None:
    change_profile(creator=creator, changes={"handle": "maya.reads"}, now=timezone.now())
    client = client_of(creator.user)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    assert client.post("/accounts/leave/", {"gives_up_pay": "on"}).status_code == 302
    assert not FormerHandle.objects.exists()
    assert "maya" not in str(list(RetiredHandle.objects.values()))
    other = make_creator("lou")
    for handle in ("maya", "maya.reads", "MAYA_reads", "rnaya"):
        answer = save(client_of(other.user), other, handle=handle)
        assert (answer.status_code, "Choose another" in answer.content.decode()) == (422, True)
    assert profile_of(other)[0] == "lou"
    assert save(client_of(other.user), other, handle="deleted.77").status_code == 422


def test_handle_of_a_deactivated_account_stays_its_own(creator: Creator) -> None:
    User.objects.filter(pk=creator.user_id).update(is_active=False)
    other = make_creator("lou")
    assert save(client_of(other.user), other, handle="maya").status_code == 422
    assert profile_of(other)[0] == "lou"


def test_creator_takes_an_own_former_handle_back(creator: Creator) -> None:
    for handle in ("maya.reads", "maya"):
        change_profile(creator=creator, changes={"handle": handle}, now=timezone.now())
    assert profile_of(creator)[0] == "maya"
    assert list(FormerHandle.objects.values_list("handle", flat=True)) == ["maya.reads"]
    assert Client().get("/@maya/").status_code == 200


def test_new_creator_cannot_take_a_reserved_handle(creator: Creator) -> None:
    change_profile(creator=creator, changes={"handle": "maya.reads"}, now=timezone.now())
    form = {"handle": "maya", "display_name": "Other", "bio": "", "confirms_adult": "on"}
    answer = client_of(make_user("other@example.com")).post("/studio/join/", form)
    assert answer.status_code == 422
    assert "This handle is taken. Choose another." in answer.content.decode()
    assert Creator.objects.count() == 1


def test_saving_one_field_leaves_the_others_as_they_are_now(creator: Creator, as_creator: Client) -> None:
    typed = {"handle": "maya", "display_name": creator.display_name, "bio": "Only this was changed"}
    Creator.objects.filter(pk=creator.pk).update(display_name="Changed elsewhere")
    as_creator.post(PAGE, typed | {"display_name": "Changed elsewhere"})
    assert profile_of(creator) == ("maya", "Changed elsewhere", "Only this was changed")


@pytest.mark.parametrize("client_name", ["as_shopper", "client"])
def test_page_is_for_creators(client_name: str, request: pytest.FixtureRequest) -> None:
    answer = request.getfixturevalue(client_name).get(PAGE)
    assert answer["Location"] in ("/studio/join/", f"/accounts/login/?next={PAGE}")
