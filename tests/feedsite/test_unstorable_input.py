"""What the database cannot store is answered as a bad request, with a sentence, also outside of forms."""

import pytest
from django.test import Client

from creators.models import Creator
from tests.conftest import client_of
from tests.factories import make_draft
from videos.models import Clip

pytestmark = pytest.mark.django_db
SENTENCE = "can't be used here"


@pytest.mark.parametrize("address", ["/@a%00b/", "/search/?q=a%00b", "/p/x/?page=%00"])
def test_pages_survive_nul_characters_in_addresses(client: Client, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code in (200, 400, 404)
    assert "a\0b" not in answer.content.decode()


@pytest.mark.parametrize("address", ["/api/v1/creators/a%00b/", "/api/v1/products/?q=a%00b"])
def test_api_refuses_nul_characters_in_addresses(client: Client, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 400
    assert SENTENCE in answer.json()["detail"]


def test_incomplete_tag_is_refused_at_its_field_and_the_clip_stays(creator: Creator) -> None:
    clip = make_draft(creator)
    client, product = client_of(creator.user), clip.tags.select_related("product")[0].product
    body = {"caption": "New", "tags": [{"product": product.slug, "start_ms": 0}]}
    answer = client.patch(f"/api/v1/clips/{clip.code}/", body, "application/json")
    assert answer.status_code == 400
    assert "end_ms" in str(answer.json()["tags"])
    assert Clip.objects.get(pk=clip.pk).caption == clip.caption


@pytest.mark.parametrize(
    "body", ['{"caption": "a\\ud800"}', '{"caption": "a", "x": "\\ud800"}', '{"caption": "a\\u0000"}']
)
def test_odd_characters_in_a_body_are_refused_or_left_out(creator: Creator, body: str) -> None:
    answer = client_of(creator.user).post("/api/v1/clips/", body, "application/json")
    assert answer.status_code in (201, 400)
    assert Clip.objects.count() == (answer.status_code == 201)


def test_overlong_key_is_refused_by_name(creator: Creator) -> None:
    client = client_of(creator.user)
    answer = client.post("/api/v1/clips/", {}, "application/json", headers={"Idempotency-Key": "x" * 121})
    assert answer.status_code == 400
    assert "Idempotency-Key" in answer.json()
    assert not Clip.objects.exists()
