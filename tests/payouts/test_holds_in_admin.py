"""The evidence of a hold on one page, from which finance releases it."""

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from creators.models import Creator
from payouts.fraud import place_holds
from payouts.models import Hold, PayoutAccount
from shop.models import Click
from tests.conftest import client_of
from tests.factories import NOW, make_creator, make_published_clip, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def as_finance() -> Client:
    user = make_user("finance@example.com", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(content_type__app_label="payouts"))
    return client_of(user)


@pytest.fixture
def hold() -> Hold:
    for handle, holder, number in (("maya", "Maya M.", "DE12 3456"), ("twin", "T. Win", "de-123456")):
        PayoutAccount.objects.create(creator=make_creator(handle), holder_name=holder, number=number)
    place_holds(now=NOW)
    return Hold.objects.get()


def page_of(client: Client, hold: Hold) -> str:
    response = client.get(f"/admin/payouts/hold/{hold.pk}/change/")
    assert response.status_code == 200
    return response.content.decode()


def test_creators_with_the_same_account_are_listed_side_by_side(as_finance: Client, hold: Hold) -> None:
    page = page_of(as_finance, hold)
    assert "@maya (Maya M. •••• 3456)" in page and "@twin (T. Win •••• 3456)" in page
    assert f"/admin/creators/creator/{Creator.objects.get(handle='maya').pk}/change/" in page
    assert "DE12" not in page and 'value="Release"' in page


def test_creators_who_share_a_device_are_held_and_listed(as_finance: Client) -> None:
    clip = make_published_clip(make_creator("maya"))
    for creator in (clip.creator, make_creator("twin"), make_creator("other")):
        visitor = "tablet" if creator.handle != "other" else "phone"
        Click.objects.create(
            clip=clip, product=clip.products.all()[0], user=creator.user, visitor=visitor, clicked_at=NOW
        )
    assert place_holds(now=NOW) == 2
    holds = Hold.objects.order_by("creator__handle")
    assert [(hold.creator.handle, hold.kind) for hold in holds] == [("maya", "same_device"), ("twin", "same_device")]
    page = page_of(as_finance, holds[0])
    assert "@maya (no payout account)" in page and "@twin (no payout account)" in page and "@other" not in page


def test_clips_and_clicks_are_listed(as_finance: Client) -> None:
    first, second = make_published_clip(make_creator("maya")), make_published_clip(make_creator("copy"))
    assert first.source is not None and second.source is not None
    second.source.sha256 = first.source.sha256
    second.source.save()
    evidence = {"clicks_in_a_minute": 31, "visitor": "robot", "clips": [first.code]}  # as earlier versions held for
    Hold.objects.create(creator=first.creator, kind="click_pattern", subject="robot", evidence=evidence, placed_at=NOW)
    place_holds(now=NOW)
    copied = page_of(as_finance, Hold.objects.get(kind="duplicate_clip"))
    assert f"{second.code} @copy" in copied and f"{first.code} @maya" in copied
    assert f"/admin/videos/clip/{first.pk}/change/" in copied
    clicked = page_of(as_finance, Hold.objects.get(kind="click_pattern"))
    assert "<dd>31</dd>" in clicked and "<dd>robot</dd>" in clicked and f"{first.code} @maya" in clicked


def test_hold_is_released_only_with_a_reason(as_finance: Client, hold: Hold) -> None:
    url = f"/admin/payouts/hold/{hold.pk}/change/"
    as_finance.post(url, {"release_reason": " "})
    assert Hold.objects.get(pk=hold.pk).released_at is None
    as_finance.post(url, {"release_reason": "A couple with one account"})
    released = Hold.objects.get(pk=hold.pk)
    assert released.released_by is not None
    assert (released.released_by.email, released.release_reason) == ("finance@example.com", "A couple with one account")


def test_staff_without_permission_cannot_release(as_moderator: Client, hold: Hold) -> None:
    url = f"/admin/payouts/hold/{hold.pk}/change/"
    assert as_moderator.post(url, {"release_reason": "Let them be paid"}).status_code == 403
    assert Hold.objects.get(pk=hold.pk).released_at is None


def test_refused_release_stands_on_its_form_with_the_reason(hold: Hold) -> None:
    user = hold.creator.user
    user.is_staff = True
    user.save()
    user.user_permissions.set(Permission.objects.filter(content_type__app_label="payouts"))
    data = {"release_reason": "They are sisters."}
    page = client_of(user).post(f"/admin/payouts/hold/{hold.pk}/change/", data, follow=True).content.decode()
    assert "release a hold on your own pay." in page and "They are sisters." in page
    assert "was changed successfully" not in page
    hold.refresh_from_db()
    assert (hold.released_at, hold.release_reason) == (None, "")
