"""Notices of illegal content: the form, limits, the desk, what both sides are told, counter-notices and the numbers."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from accounts.models import User
from creators.models import Creator
from social.models import Comment, LegalNotice, NoticedPage, NotifierPause, Removal, RemovalState
from social.notices.intake import MOST_FROM_ADDRESS, erase_notices, forget_notices
from social.notices.pages import NamedPage, read_address
from tests.conftest import client_of
from tests.factories import make_creator, make_merchant, make_product, make_published_clip
from tests.feedsite.test_suspensions import make_staff
from tests.social.comments.conftest import comment_on, count_of
from tests.social.removals.test_appeals import appeal
from tests.social.removals.test_appeals import decide as decide_appeal
from videos.models import Clip

pytestmark = pytest.mark.django_db
FORM = "/legal/notice/"
DESK = "/admin/social/legalnotice/desk/"
SITE = "http://localhost:8000"


@pytest.fixture(autouse=True)
def site(settings: Any) -> None:
    settings.SITE_URL, settings.COMMENTS_TRUSTED_AFTER = SITE, 0


@pytest.fixture
def clip() -> Clip:
    return make_published_clip()


@pytest.fixture
def ann() -> Creator:
    return make_creator("ann")


@pytest.fixture
def comment(clip: Clip, ann: Creator) -> Comment:
    return comment_on(clip, "My copied text", by=ann)


@pytest.fixture
def desk() -> Client:
    return client_of(make_staff("Moderator"))


@pytest.fixture
def second() -> Client:
    return client_of(make_staff("Moderator"))


def body(*pages: Any, **fields: Any) -> dict[str, Any]:
    addresses = "\n".join(f"{SITE}{page.get_absolute_url()}" for page in pages)
    sender = {"name": "Riley Owner", "email": "riley@example.com", "is_in_good_faith": "on"}
    return {"kind": "illegal", "addresses": addresses, "words": "It is forbidden."} | sender | fields


def send(client: Client, *pages: Any, **fields: Any) -> LegalNotice:
    response = client.post(FORM, body(*pages, **fields))
    assert response.status_code == 302, response.context["form"].errors
    return LegalNotice.objects.latest("pk")


def decide(client: Client, notice: LegalNotice, answer: str = "removed", **fields: str) -> Any:
    return client.post(
        f"{DESK}{notice.pk}/decide/", {"answer": answer, "words": "It copies.", "reason": "rights"} | fields
    )


def test_anybody_sends_a_notice_and_gets_a_receipt_with_a_secret_address(client: Client, comment: Comment) -> None:
    assert f"{SITE}{comment.get_absolute_url()}" in (
        client.get(FORM, {"about": comment.get_absolute_url()}).content.decode().replace("&amp;", "&")
    )
    notice = send(client, comment)
    [page] = notice.pages.all()
    assert (page.kind, page.key, page.profile) == ("comment", str(comment.pk), comment.author)
    [letter] = mail.outbox
    assert (letter.to, letter.subject) == (["riley@example.com"], f"We received your notice {notice.pk}")
    [link] = re.findall(rf"{SITE}(/legal/notice/\S+)", letter.body)
    status = client.get(link).content.decode()
    assert f"Notice {notice.pk}" in status and "riley@example.com" not in status
    assert client.get("/legal/notice/another/").status_code == 404


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"is_in_good_faith": ""}, "Confirm that you believe"),
        ({"name": ""}, "Enter your name."),
        ({"email": ""}, "Enter your email address."),
        ({"kind": "rights"}, "Say which work or right"),
        ({"addresses": "https://elsewhere.example/c/1/"}, "This is not a page of this shop"),
        ({"addresses": "/no/such/page/"}, "This is not a page of this shop"),
        ({"addresses": "http://[half"}, "This is not a page of this shop"),
        ({"addresses": "\n".join(f"/c/{number}/" for number in range(11))}, "Name at most 10 pages."),
        ({"words": " "}, "Say why."),
    ],
)
def test_incomplete_notice_is_refused(client: Client, comment: Comment, fields: dict[str, str], sentence: str) -> None:
    response = client.post(FORM, body(comment, **fields))
    assert response.status_code == 422
    assert sentence in response.content.decode() or "This field is required." in response.content.decode()
    assert not LegalNotice.objects.exists() and not mail.outbox


def test_abuse_of_children_may_be_reported_without_a_name(client: Client, comment: Comment, desk: Client) -> None:
    send(client, comment)
    notice = send(client, comment, kind="minors", name="", email="")
    assert len(mail.outbox) == 1
    page = desk.get(DESK).content.decode()
    assert page.index(f"notice {notice.pk}") < page.index(f"notice {notice.pk - 1}")


def test_addresses_lead_to_what_they_show(clip: Clip, comment: Comment) -> None:
    reply = comment_on(clip, "Mine too", parent=comment)
    product = make_product("mug")

    def read(path: str) -> tuple[str, str] | None:
        page = read_address(f"{SITE}{path}")
        return (page.kind, page.key) if page else None

    assert read(clip.get_absolute_url()) == ("clip", clip.code)
    assert read(comment.get_absolute_url()) == ("comment", str(comment.pk))
    assert read(reply.get_absolute_url()) == ("comment", str(reply.pk))
    assert read(f"/c/{clip.code}/comments/") == ("clip", clip.code)
    assert read(product.get_absolute_url()) == ("product", "mug")
    assert read("/p/mug/?rating=7#rating-7") == ("rating", "7")
    assert read("/@ann/") == ("creator", "ann")
    assert read("/search/") == ("", "")
    assert read_address("/@ann/") == NamedPage(f"{SITE}/@ann/", "creator", "ann")


def test_removal_tells_both_sides_why_and_counts_against_the_profile(
    client: Client, clip: Clip, ann: Creator, comment: Comment, desk: Client
) -> None:
    notice = send(client, comment, kind="rights", right="My text", shares_contact="on")
    assert "0 removals after notices within a year" in desk.get(DESK).content.decode()
    assert decide(desk, notice).status_code == 302
    notice.refresh_from_db()
    assert (notice.state, notice.action, count_of(clip)) == ("decided", "removed", 0)
    assert [letter.to for letter in mail.outbox[-2:]] == [[ann.user.email], ["riley@example.com"]]
    assert "It copies." in mail.outbox[-1].body and "riley@example.com" not in mail.outbox[-2].body
    removal = Removal.objects.get()
    page = client_of(ann.user).get(f"/removals/{removal.pk}/").content.decode()
    assert "riley@example.com" in page and "counter-notice" in page
    assert "not shown" in client.get(notice.get_absolute_url()).content.decode()
    send(client, comment_on(clip, "Another", by=ann))
    assert "1 removal after notices within a year" in desk.get(DESK).content.decode()


def test_contact_is_given_to_the_author_only_for_rights_and_if_allowed(
    client: Client, ann: Creator, clip: Clip, desk: Client
) -> None:
    for fields in ({"shares_contact": "on"}, {"kind": "rights", "right": "My text"}):
        notice = send(client, comment_on(clip, f"Words {fields}", by=ann), **fields)
        assert decide(desk, notice).status_code == 302
        page = client_of(ann.user).get(f"/removals/{Removal.objects.latest('pk').pk}/").content.decode()
        assert "riley@example.com" not in page and "Riley Owner" not in page


def test_counter_notice_restores_and_the_sender_hears_of_it(
    client: Client, clip: Clip, ann: Creator, comment: Comment, desk: Client, second: Client
) -> None:
    notice = send(client, comment)
    decide(desk, notice)
    removal = Removal.objects.get()
    appeal(client_of(ann.user), removal)
    assert decide_appeal(desk, removal, "restore").status_code == 422
    assert decide_appeal(second, removal, "restore").status_code == 302
    assert (Removal.objects.get().state, count_of(clip)) == (RemovalState.RESTORED, 1)
    assert mail.outbox[-1].to == ["riley@example.com"] and "restored it" in mail.outbox[-1].body
    assert "· shown" in client.get(notice.get_absolute_url()).content.decode()


def test_clip_product_and_profile_are_removed_by_their_own_decisions(client: Client, desk: Client) -> None:
    clip, product, ben = make_published_clip(), make_product("mug"), make_creator("ben")
    Creator.objects.filter(pk=ben.pk).update(bio="Copied words")
    notice = send(client, clip, product, ben)
    assert decide(desk, notice).status_code == 302
    clip.refresh_from_db()
    product.refresh_from_db()
    ben.refresh_from_db()
    assert (clip.state, product.is_active, ben.bio) == ("removed", False, "")
    assert clip.decisions.latest("pk").reason_in("en") == "Someone else's rights"
    assert NoticedPage.objects.exclude(acted_at=None).count() == 3


def test_no_action_and_passing_on_change_nothing(client: Client, clip: Clip, comment: Comment, desk: Client) -> None:
    for action in ("none", "passed_on"):
        notice = send(client, comment)
        assert decide(desk, notice, action).status_code == 302
        assert "It copies." in mail.outbox[-1].body
    assert count_of(clip) == 1 and not Removal.objects.exists()
    assert decide(desk, notice, "removed").status_code == 422
    assert count_of(clip) == 1
    seller = make_merchant("lamps")
    assert decide(desk, send(client, seller)).status_code == 302  # staff have done by hand what was needed


def test_nobody_decides_on_what_they_sent_or_wrote(clip: Clip, ann: Creator, comment: Comment, client: Client) -> None:
    staff = make_staff("Moderator")
    notice = send(client_of(staff), comment)
    assert decide(client_of(staff), notice).status_code == 422
    own = comment_on(clip, "Mine", by=make_creator("mod", user=staff))
    assert decide(client_of(staff), send(client, own)).status_code == 422
    assert decide(client_of(ann.user), notice).status_code == 302  # to the sign-in page
    assert decide(client_of(make_staff("Finance")), notice).status_code == 403
    assert decide(client_of(staff), notice, words="").status_code == 422
    assert set(LegalNotice.objects.values_list("state", flat=True)) == {"open"} and count_of(clip) == 2


def test_notices_are_limited_by_address_and_paused_senders_are_refused(
    client: Client, comment: Comment, desk: Client
) -> None:
    notice = send(client, comment)
    LegalNotice.objects.bulk_create(
        LegalNotice(kind="illegal", words="x", email="riley@example.com", created_at=timezone.now())
        for _number in range(MOST_FROM_ADDRESS - 1)
    )
    assert client.post(FORM, body(comment, email="RILEY@example.com")).status_code == 429
    action = {"action": "pause_sender", "_selected_action": [str(notice.pk)]}
    seen = desk.post("/admin/social/legalnotice/", action).context["question"].digest
    desk.post(
        "/admin/social/legalnotice/", action | {"confirmed": "yes", "seen": seen, "reason": "Nine were unfounded."}
    )
    assert NotifierPause.objects.get().email == "riley@example.com"
    LegalNotice.objects.exclude(pk=notice.pk).delete()
    response = client.post(FORM, body(comment))
    assert response.status_code == 403 and "Nine were unfounded." in response.content.decode()
    assert LegalNotice.objects.count() == 1


def test_api_takes_notices_and_tells_their_status(client: Client, comment: Comment) -> None:
    sent = body(comment) | {"is_in_good_faith": True, "addresses": [f"{SITE}{comment.get_absolute_url()}"]}
    answer = client.post("/api/v1/notices/", sent, content_type="application/json")
    assert answer.status_code == 201
    status = client.get(f"/api/v1/notices/{answer.json()['token']}/").json()
    assert (status["state"], status["pages"][0]["is_shown"]) == ("open", True)
    assert client.get("/api/v1/notices/another/").status_code == 404
    refused = client.post("/api/v1/notices/", sent | {"name": ""}, content_type="application/json")
    assert (refused.status_code, refused.json()) == (400, {"name": ["Enter your name."]})
    assert LegalNotice.objects.count() == 1


def test_names_are_forgotten_after_two_years_and_with_the_account(
    client: Client, comment: Comment, desk: Client, ann: Creator
) -> None:
    notice = send(client_of(ann.user), comment)
    decide(desk, notice, "none")
    forget_notices(now=timezone.now() + timedelta(days=700))
    notice.refresh_from_db()
    assert (notice.name, notice.network) == ("Riley Owner", "")
    forget_notices(now=timezone.now() + timedelta(days=731))
    notice.refresh_from_db()
    assert (notice.name, notice.email, notice.words, notice.action) == ("", "", "", "none")
    erase_notices(user=User.objects.get(pk=send(client_of(ann.user), comment).user_id or 0))
    assert not LegalNotice.objects.exclude(email="").exists()


def test_yearly_numbers_count_notices_actions_and_appeals(
    client: Client, ann: Creator, comment: Comment, desk: Client, second: Client, as_stranger: Client
) -> None:
    decide(desk, send(client, comment))
    removal = Removal.objects.get()
    appeal(client_of(ann.user), removal)
    decide_appeal(second, removal, "uphold")
    url = f"/admin/social/legalnotice/transparency.csv?year={timezone.now().year}"
    lines = desk.get(url).content.decode("utf-8-sig").splitlines()
    assert lines[0] == "measure,kind,value"
    for line in ("notices,,1", "notices,illegal,1", "notice_actions,removed,1", "removals,comment,1"):
        assert line in lines
    assert "appeals,comment,1" in lines and "appeals_decided,upheld,1" in lines and "notice_median_hours,,0.0" in lines
    assert as_stranger.get(url).status_code == 302
    assert client_of(make_staff("Finance")).get(url).status_code == 403
    assert "notices,,0" in desk.get("/admin/social/legalnotice/transparency.csv?year=2001").content.decode()
