"""What creators declare to have got for a clip: entered at the form, seen by moderators, and reviewed when it changes."""

import pytest
from django.test import Client

from creators.models import Creator
from tests.factories import make_published_clip, make_waiting_clip
from tests.videos.test_upload_form import form
from videos.models import Clip, Revision

pytestmark = pytest.mark.django_db


def test_declaration_is_kept_with_a_draft_and_shown_again(as_creator: Client, creator: Creator) -> None:
    page = as_creator.get("/studio/upload/").content.decode()
    assert "What did you get for showing these products?" in page
    answer = as_creator.post("/studio/upload/", form(creator, declaration="gifted", caption="", keep="1"), follow=True)
    clip = Clip.objects.get()
    assert clip.declaration == "gifted" and clip.state == "draft"
    assert '<option value="gifted" selected>' in as_creator.get(f"/studio/clips/{clip.code}/edit/").content.decode()
    assert answer.status_code == 200


@pytest.mark.parametrize("value", ["bribed", "paid"])
def test_unknown_declaration_is_refused_at_its_field(as_creator: Client, creator: Creator, value: str) -> None:
    answer = as_creator.post("/studio/upload/", form(creator, declaration=value))
    assert answer.status_code == 422 and "declaration" in answer.context["editor"].form.errors
    clip = Clip.objects.get()
    sent = as_creator.patch(f"/api/v1/clips/{clip.code}/", {"declaration": value}, "application/json")
    assert sent.status_code == 400 and list(sent.json()) == ["declaration"]
    assert Clip.objects.get().declaration == ""


def test_moderators_see_a_declaration(as_moderator: Client) -> None:
    clip = make_waiting_clip(declaration="sponsored")
    assert Revision.objects.get().content["declaration"] == "sponsored"
    page = as_moderator.get(f"/admin/videos/clip/desk/{clip.code}/").content.decode()
    assert "Money, or anything else of value" in page
    plain = make_waiting_clip()
    assert "declaration" not in Revision.objects.get(clip=plain).content, "What was approved before stays the same."
    assert "Money, or anything" not in as_moderator.get(f"/admin/videos/clip/desk/{plain.code}/").content.decode()


def test_changed_declaration_of_a_published_clip_is_reviewed_again(
    as_creator: Client, creator: Creator, as_moderator: Client
) -> None:
    clip = make_published_clip(creator)
    address = f"/api/v1/clips/{clip.code}/"
    assert as_creator.patch(address, {"declaration": "gifted"}, "application/json").status_code == 200
    clip.refresh_from_db()
    assert (clip.state, clip.declaration) == ("in_review", "gifted")
    page = as_moderator.get(f"/admin/videos/clip/desk/{clip.code}/").content.decode()
    assert "Products for free, or at a reduced price" in page and "gifted" in page
