"""Removals, appeals and notices are in the download of personal data, and are forgotten with the account."""

import json
from dataclasses import replace

import pytest
from django.utils import timezone

from feedsite.account_erasure import erase_account
from social.models import LegalNotice, NoticeKind, ProfilePart, Removal, RemovalReason, RemovalState
from social.notices.intake import NoticeContent, send_notice
from social.notices.pages import NamedPage
from social.removals.appeals import appeal_removal
from social.removals.profiles import remove_from_profile
from tests.factories import make_creator, make_user
from tests.feedsite.test_personal_data import sign_in

pytestmark = pytest.mark.django_db


def test_removals_and_notices_are_downloaded_and_forgotten_with_the_account() -> None:
    ann, now = make_creator("ann"), timezone.now()
    ann.bio = "Buy at example.shop"
    ann.save()
    why = {"reason": RemovalReason.SPAM, "words": "", "moderator": make_user(is_staff=True), "now": now}
    removal = remove_from_profile(creator_id=ann.pk, parts=[ProfilePart.BIO], **why)
    appeal_removal(removal=removal, words="It is my own shop.", now=now)
    pages = [NamedPage("http://localhost/@ben/", "creator", "ben")]
    sender = {"name": "Ann", "email": "ann@example.com"}
    content = NoticeContent(kind=NoticeKind.ILLEGAL, pages=pages, words="It is forbidden.", **sender)
    send_notice(content=content, user=ann.user, network="net", now=now)
    about_ann = replace(content, pages=[NamedPage("http://localhost/@ann/", "creator", "ann")], email="ben@example.com")
    about = send_notice(content=about_ann, user=None, network="", now=now)
    data = json.loads(sign_in(ann.user).get("/accounts/data/").content)
    assert data["removals"][0]["appeal_words"] == "It is my own shop."
    assert data["removals"][0]["before"] == {"bio": "Buy at example.shop"}
    assert (data["legal_notices"][0]["words"], data["legal_notices"][0]["name"]) == ("It is forbidden.", "Ann")
    erase_account(user=ann.user, gives_up_pay=True)
    removal.refresh_from_db()
    notice = LegalNotice.objects.earliest("pk")
    assert (about.pages.get().key, "ann" in about.pages.get().address) == ("", False)
    assert (removal.owner, removal.before, removal.appeal_words, removal.state) == (None, {}, "", RemovalState.LAPSED)
    assert (notice.user, notice.name, notice.email, notice.words, notice.network) == (None, "", "", "", "")
    assert Removal.objects.count() == 1
