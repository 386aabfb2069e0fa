"""Share links: people's own links to posts count those who come by them, once each, and never say who."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from feedsite.click_outcomes import count_outcomes
from feedsite.personal_data import collect_data
from shop.models import OrderLine
from social.models import ShareLink, ShareLinkDay
from social.sharing.links import ShareCounts, read_counts
from tests.feed.watching import BROWSER, make_watchable_clip, read_feed
from tests.shop.conftest import ADDRESS, buy
from videos.models import Clip

pytestmark = pytest.mark.django_db


def make_link(client: Client, clip: Clip) -> ShareLink:
    answer = client.put(f"/api/v1/clips/{clip.code}/share-link/")
    assert answer.status_code == 200, answer.content
    assert answer.json()["url"].startswith(f"http://127.0.0.1:8000/c/{clip.code}/?via=")
    return ShareLink.objects.get(code=answer.json()["url"].partition("?via=")[2])


def open_link(link: ShareLink, client: Client | None = None, *, network: str = "", agent: str = BROWSER) -> Client:
    client = client or Client()
    address = f"/c/{link.clip.code}/?via={link.code}"
    answer = client.get(address, headers={"User-Agent": agent}, REMOTE_ADDR=network or "203.0.113.9")
    assert (answer.status_code, answer["Location"]) == (302, f"/c/{link.clip.code}/")
    return client


def opens(link: ShareLink) -> int:
    return sum(link.days.values_list("opens", flat=True))


@pytest.fixture
def link(as_shopper: Client) -> ShareLink:
    return make_link(as_shopper, make_watchable_clip())


def test_each_browser_and_network_counts_once(link: ShareLink) -> None:
    first = open_link(link, network="198.51.100.1")
    open_link(link, first, network="198.51.100.2")
    open_link(link, network="198.51.100.1")
    assert opens(link) == 1
    open_link(link, network="198.51.100.3")
    assert opens(link) == 2


def test_own_opens_do_not_count_also_after_signing_out(as_shopper: Client, link: ShareLink) -> None:
    open_link(link, as_shopper, network="198.51.100.1")
    as_shopper.logout()
    open_link(link, as_shopper, network="198.51.100.1")
    open_link(link, network="127.0.0.1")
    assert opens(link) == 0


def test_bots_other_posts_and_people_without_consent_do_not_count(link: ShareLink, settings: Settings) -> None:
    open_link(link, agent="facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)")
    open_link(link, agent="")
    other = make_watchable_clip()
    Client().get(f"/c/{other.code}/?via={link.code}", headers={"User-Agent": BROWSER})
    Client().head(f"/c/{link.clip.code}/?via={link.code}", headers={"User-Agent": BROWSER})
    for code in ("", "nothing", "x" * 300, "%F0%9F%98%80"):
        assert Client().get(f"/c/{other.code}/?via={code}", headers={"User-Agent": BROWSER}).status_code == 302
    settings.FEED_ASKS_CONSENT = True
    open_link(link)
    assert not ShareLinkDay.objects.exists()


def test_nobody_counts_while_it_cannot_be_remembered_who_did(link: ShareLink, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "add", lambda *_args, **_options: True)
    monkeypatch.setattr(cache, "get", lambda *_args, **_options: None)
    for _time in range(6):
        open_link(link)
    assert opens(link) == 0


def test_address_in_the_bar_keeps_all_but_the_code(link: ShareLink) -> None:
    answer = Client().get(f"/c/{link.clip.code}/?again=yes&via={link.code}")
    assert answer["Location"] == f"/c/{link.clip.code}/?again=yes"
    assert answer["Cache-Control"] == "private, no-store"
    html = Client().get(f"/c/{link.clip.code}/").content.decode()
    assert f'<link rel="canonical" href="http://127.0.0.1:8000/c/{link.clip.code}/">' in html
    assert "via=" not in html


def test_sharer_sees_numbers_in_steps_of_five_and_nobody_else_sees_any(
    as_shopper: Client, as_stranger: Client, link: ShareLink
) -> None:
    page, api = f"/c/{link.clip.code}/share/", f"/api/v1/clips/{link.clip.code}/share-link/"
    for number in range(7):
        if number == 4:
            assert "Fewer than five people" in as_shopper.get(page).content.decode()
            assert as_shopper.get(api).json()["opens_at_least"] == 0
        open_link(link, network=f"198.51.100.{number}")
    assert "At least 5 people have come by your link." in as_shopper.get(page).content.decode()
    assert as_shopper.get(api).json()["opens_at_least"] == 5
    assert "people have come" not in as_stranger.get(page).content.decode()
    assert as_stranger.get(api).status_code == 404


def order_from(buyer: Client, clip: Clip) -> None:
    cards = read_feed(buyer)["clips"]
    token = next(card["token"] for card in cards if card["code"] == clip.code)
    product = clip.products.earliest("pk").slug
    body = {"product": product, "seen": token, "email": "a@example.com", "address": ADDRESS}
    assert buy(buyer, body).status_code == 201
    assert OrderLine.objects.get().clip == clip


def test_orders_after_an_open_count_for_the_sharer_once(link: ShareLink) -> None:
    order_from(open_link(link), link.clip)
    for _time in range(2):
        count_outcomes(now=timezone.now() + timedelta(hours=2))
    assert sum(link.days.values_list("orders", flat=True)) == 1
    assert read_counts(link) == ShareCounts(0, 0), "One person is too few to be told of."


def test_orders_of_those_who_did_not_come_by_a_link_do_not_count(link: ShareLink) -> None:
    order_from(Client(), link.clip)
    count_outcomes(now=timezone.now() + timedelta(hours=2))
    assert not ShareLinkDay.objects.exists()


def test_link_is_made_once_and_deleted_with_its_numbers(as_shopper: Client, shopper: User, link: ShareLink) -> None:
    page = f"/c/{link.clip.code}/share/"
    assert make_link(as_shopper, link.clip) == link
    open_link(link)
    assert as_shopper.post(page, {"change": "create"}).status_code == 302
    assert as_shopper.post(page, {"change": "delete"}).status_code == 302
    assert not ShareLink.objects.exists() and not ShareLinkDay.objects.exists()
    assert as_shopper.delete(f"/api/v1/clips/{link.clip.code}/share-link/").status_code == 204
    open_link(link)  # it still leads to the post


def test_visitor_is_asked_to_sign_in_and_a_hidden_post_cannot_be_shared(client: Client, as_shopper: Client) -> None:
    clip = make_watchable_clip()
    page = f"/c/{clip.code}/share/"
    html = client.get(page).content.decode()
    assert f'value="http://127.0.0.1:8000/c/{clip.code}/"' in html and "Make my own link" not in html
    assert "mailto:?subject=" in html and "&lt;iframe src=" in html
    assert client.post(page, {"change": "create"})["Location"].startswith("/accounts/login/")
    assert client.put(f"/api/v1/clips/{clip.code}/share-link/").status_code in (401, 403)
    Clip.objects.update(state="removed")
    assert as_shopper.get(page).status_code == as_shopper.post(page).status_code == 404
    assert as_shopper.put(f"/api/v1/clips/{clip.code}/share-link/").status_code == 404
    assert not ShareLink.objects.exists()


def test_links_are_in_the_download_and_leave_with_the_account(
    as_shopper: Client, shopper: User, link: ShareLink
) -> None:
    (row,) = collect_data(shopper)["share_links"]
    assert (row["code"], row["clip_code"]) == (link.code, link.clip.code)
    shopper.delete()
    assert not ShareLink.objects.exists()
