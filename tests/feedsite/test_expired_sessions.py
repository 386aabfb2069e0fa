"""A form that is sent after the session has expired leads back to its page, and only a saved form drops its draft."""

import pytest
from django.test import Client

from creators.models import Creator
from tests.factories import make_waiting_clip

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("unrecorded_parcels")]


@pytest.mark.parametrize(
    ("action", "page"),
    [
        ("/studio/clips/CODE/appeal/", "/studio/clips/CODE/"),
        ("/studio/clips/CODE/withdraw/", "/studio/clips/CODE/"),
        ("/studio/clips/CODE/edit/", "/studio/clips/CODE/edit/"),
        ("/studio/campaigns/spring/enrol/", "/studio/campaigns/?page=2"),
        ("/accounts/adult/", "/accounts/"),
        ("/admin/payouts/batch/plan/", "/admin/payouts/batch/"),
        ("/admin/catalog/product/1/stock/", "/admin/catalog/product/1/stock/"),
        ("/admin/social/report/desk/product/1/decide/", "/admin/social/report/desk/?kind=product"),
        ("/admin/videos/clip/desk/CODE/decide/", "/admin/videos/clip/desk/CODE/"),
        ("/accounts/email/", "/accounts/email/"),
        ("/studio/join/", "/studio/join/"),
    ],
)
def test_signing_in_again_leads_back_to_the_page_with_the_form(action: str, page: str) -> None:
    clip = make_waiting_clip()
    action, page = action.replace("CODE", clip.code), page.replace("CODE", clip.code)
    answer = Client().post(action, {"words": "typed"}, headers={"Referer": f"http://testserver{page}"})
    assert answer.status_code == 302
    assert answer["Location"].endswith(f"/login/?next={page.replace('?', '%3F').replace('=', '%3D')}")


@pytest.mark.parametrize("referrer", ["", "https://evil.example/studio/", "http://testserver.evil.example/x/"])
def test_other_sites_are_not_led_back_to(referrer: str) -> None:
    answer = Client().post("/accounts/adult/", headers={"Referer": referrer} if referrer else {})
    assert answer["Location"] == "/accounts/login/?next=/accounts/adult/"


def test_only_a_saved_form_drops_its_draft(creator: Creator, as_creator: Client) -> None:
    form = {"handle": "maya", "display_name": "Maya", "bio": "Typed"}
    guest = Client()
    for client, values in ((guest, form), (as_creator, form | {"handle": "no"})):
        client.cookies["draft-sent"] = "5:/studio/profile/"
        assert "draft-saved" not in client.post("/studio/profile/", values).cookies
    as_creator.cookies["draft-sent"] = "5:/studio/profile/"
    answer = as_creator.post("/studio/profile/", form)
    assert answer.cookies["draft-saved"].value == "5:/studio/profile/"
    assert answer.cookies["draft-sent"]["max-age"] == 0
    assert "draft-saved" not in as_creator.get("/studio/profile/").cookies


@pytest.mark.parametrize(
    ("action", "page"),
    [
        ("/studio/profile/", "/studio/profile/"),
        ("/studio/clips/CODE/appeal/", "/studio/clips/CODE/"),
        ("/checkout/", "/checkout/"),
        ("/orders/x/return/", "/orders/x/"),
        ("/accounts/email/", "/accounts/email/"),
        ("/admin/catalog/product/1/stock/", "/admin/catalog/product/1/stock/"),
        ("/admin/accounts/proposal/1/decide/", "/admin/accounts/proposal/1/change/"),
    ],
)
def test_expired_token_leads_back_to_the_form_and_shows_what_was_written(
    creator: Creator, action: str, page: str
) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(creator.user)
    typed = {"bio": "I <wrote> this.", "password": "four secret words here", "csrfmiddlewaretoken": "stale"}
    answer = client.post(action, typed, headers={"Referer": f"http://testserver{page}"})
    html = answer.content.decode()
    assert (answer.status_code, f'href="{page}"' in html) == (403, True)
    assert "I &lt;wrote&gt; this.</textarea>" in html
    assert "four secret words" not in html and "stale" not in html
    creator.refresh_from_db()
    assert creator.bio == ""


def test_expired_token_from_another_site_does_not_lead_there(as_creator: Client) -> None:
    client = Client(enforce_csrf_checks=True)
    answer = client.post("/studio/profile/", {"bio": "x"}, headers={"Referer": "https://evil.example/"})
    assert answer.status_code == 403
    assert "evil.example" not in answer.content.decode()
