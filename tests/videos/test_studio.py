"""Pages of the studio: the list of clips, access to a clip, and withdrawing it."""

import pytest
from django.test import Client

from creators.models import Creator, Slot
from tests.factories import make_creator, make_enrolment, make_waiting_clip

pytestmark = pytest.mark.django_db


def test_the_list_shows_each_clip_in_a_fixed_number_of_queries(
    as_creator: Client, creator: Creator, django_assert_num_queries: object
) -> None:
    enrolment = make_enrolment(creator)
    for _number in range(3):
        make_waiting_clip(enrolment=enrolment)
    with django_assert_num_queries(9):  # type: ignore[operator]  # bag, notifications and unfinished uploads are three
        page = as_creator.get("/studio/").content.decode()
    assert page.count("In review") == 3


def test_a_creator_cannot_open_edit_or_withdraw_another_creators_clip(as_creator: Client, creator: Creator) -> None:
    clip = make_waiting_clip(make_creator("other"))
    for address in ("", "edit/"):
        assert as_creator.get(f"/studio/clips/{clip.code}/{address}").status_code == 404
    for address in ("withdraw/", "appeal/", "edit/"):
        assert as_creator.post(f"/studio/clips/{clip.code}/{address}").status_code == 404
    clip.refresh_from_db()
    assert (clip.state, Slot.objects.get().state) == ("in_review", "held")


def test_withdrawing_a_clip_releases_its_slot(as_creator: Client, creator: Creator) -> None:
    clip = make_waiting_clip(creator)
    as_creator.post(f"/studio/clips/{clip.code}/withdraw/")
    clip.refresh_from_db()
    assert (clip.state, Slot.objects.get().state) == ("draft", "released")


def test_a_shopper_is_asked_to_become_a_creator(as_shopper: Client) -> None:
    assert as_shopper.get("/studio/upload/")["Location"] == "/studio/join/"
    assert Client().get("/studio/")["Location"] == "/accounts/login/?next=/studio/"
