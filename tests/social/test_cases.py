"""Cases on reported products and creators: a queue for moderators, and one answer to all reporters."""

import re
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from accounts.models import User
from catalog.models import Product
from creators.models import Creator
from social.cases import open_cases
from social.models import Report, ReportReason
from social.report_weights import get_report_weight
from social.reports import notify_reporters, report_subject
from tests.conftest import client_of, make_staff
from tests.factories import NOW, make_creator, make_product, make_published_clip, make_user
from videos.models import Clip, Flag

pytestmark = pytest.mark.django_db
DESK = "/admin/social/report/desk/"


@pytest.fixture
def desk_moderator() -> User:
    """Return a moderator who may review clips and answer reports."""
    user = make_staff("desk-moderator@example.com", "videos")
    user.user_permissions.add(*make_staff("other-staff@example.com", "social").user_permissions.all())
    return user


@pytest.fixture
def desk(desk_moderator: User) -> Client:
    return client_of(desk_moderator)


def complain(subject: Product | Creator, user: User | None = None, words: str = "") -> Report:
    reason = ReportReason.FAKE if isinstance(subject, Product) else ReportReason.PRETENDER
    return report_subject(user=user or make_user(), subject=subject, reason=reason, words=words, now=NOW)


def answer(client: Client, subject: Product | Creator, which: str, **fields: Any) -> Any:
    kind = subject._meta.model_name
    last_report_id = Report.objects.filter(**{str(kind): subject}).latest("pk").pk
    body = {"answer": which, "last_report_id": last_report_id} | fields
    return client.post(f"{DESK}{kind}/{subject.pk}/decide/", body, follow=True)


def test_oldest_case_comes_first_and_cases_are_counted(desk: Client) -> None:
    mug, maya = make_product("mug"), make_creator("maya")
    complain(mug, words="The handle is painted on")
    complain(maya)
    complain(mug)
    page = desk.get(DESK).content.decode()
    assert re.findall(r'href="(/p/mug/|/@maya/)"', page) == ["/p/mug/", "/@maya/"]
    assert "The handle is painted on" in page
    assert re.findall(r"<b>(\d+)</b>", page) == ["2", "1", "1", "0", "0"]
    assert "/p/mug/" not in desk.get(f"{DESK}?kind=creator").content.decode()
    home = desk.get("/admin/videos/clip/desk/").content.decode()
    assert "Reported products, creators and ratings <b>2</b>" in home


def test_number_of_queries_does_not_grow_with_cases(desk: Client, django_assert_max_num_queries: Any) -> None:
    for _number in range(4):
        complain(make_product())
        complain(make_creator())
    with django_assert_max_num_queries(12):
        assert desk.get(DESK).content.decode().count("data-case>") == 8


def test_three_anonymous_reports_count() -> None:
    mug = make_product("mug")
    complain(mug)
    for _time in range(30):
        report_subject(user=None, subject=mug, reason=ReportReason.FAKE, words="", now=NOW)
    (case,) = open_cases()
    assert (len(case.reports), case.weight) == (31, 2 + 3)


def test_upheld_report_takes_the_product_off_sale_and_is_answered_by_email(desk: Client, desk_moderator: User) -> None:
    mug, reporter = make_product("mug"), make_user("right@example.com")
    complain(mug, reporter)
    complain(mug)
    answer(desk, mug, "taken_off", words="The maker confirmed it.")
    mug.refresh_from_db()
    assert not mug.is_active
    assert set(Report.objects.values_list("state", "settled_by")) == {("upheld", desk_moderator.pk)}
    assert notify_reporters(now=NOW) == 2
    email = next(sent.body for sent in mail.outbox if sent.to == [reporter.email])
    assert "A moderator agreed with you" in email
    assert "The product is no longer sold here." in email
    assert "The maker confirmed it." in email
    assert get_report_weight(reporter) == 4
    page = client_of(reporter).get("/reports/").content.decode()
    assert "The maker confirmed it." in page


def test_reporter_whose_reports_are_dismissed_loses_weight(desk: Client) -> None:
    person = make_user()
    weights = []
    for _time in range(3):
        product = make_product()
        complain(product, person)
        weights.append(get_report_weight(person))
        answer(desk, product, "no_sign")
    assert [*weights, get_report_weight(person)] == [2, 2, 2, 0]
    assert Product.objects.filter(is_active=False).count() == 0
    complain(make_product("lamp"), person)
    assert "unreliable reporter" in desk.get(DESK).content.decode()


def test_published_clips_of_a_reported_creator_are_rechecked(desk: Client) -> None:
    clip, other = make_published_clip(), make_published_clip()
    complain(clip.creator)
    answer(desk, clip.creator, "rechecked")
    assert [flag.clip_id for flag in Flag.objects.open()] == [clip.pk]
    assert Clip.objects.published().count() == 2
    rechecks = desk.get("/admin/videos/clip/desk/?show=rechecks").content.decode()
    assert clip.code in rechecks
    assert other.code not in rechecks


def test_report_made_after_the_page_was_loaded_stays_open(desk: Client) -> None:
    mug = make_product("mug")
    last_report_id = complain(mug).pk
    later = complain(mug)
    answer(desk, mug, "no_sign", last_report_id=last_report_id)
    assert list(Report.objects.open()) == [later]


def test_second_moderator_learns_who_answered_first(desk: Client) -> None:
    mug = make_product("mug")
    complain(mug)
    answer(desk, mug, "no_sign")
    other = make_staff("second@example.com", "social")
    page = answer(client_of(other), mug, "taken_off").content.decode()
    assert "These reports were already answered by desk-moderator@example.com" in page
    mug.refresh_from_db()
    assert mug.is_active
    assert Report.objects.get().state == "dismissed"


@pytest.mark.parametrize(("is_own", "words"), [(True, "reports about yourself"), (False, "reported this yourself")])
def test_involved_moderator_cannot_decide(desk: Client, desk_moderator: User, is_own: bool, words: str) -> None:
    creator = make_creator(user=desk_moderator) if is_own else make_creator()
    complain(creator, None if is_own else desk_moderator)
    assert words in answer(desk, creator, "no_sign").content.decode()
    assert Report.objects.open().count() == 1


@pytest.mark.parametrize("which", ["", "taken_off", "anything"])
def test_answer_of_another_kind_is_refused(desk: Client, which: str) -> None:
    clip = make_published_clip()
    complain(clip.creator)
    assert "Choose an answer." in answer(desk, clip.creator, which).content.decode()
    assert (Report.objects.open().count(), Flag.objects.count()) == (1, 0)


def test_cases_require_the_permission(as_moderator: Client, merchant: User) -> None:
    mug = make_product("mug")
    complain(mug)
    for client, status in ((client_of(merchant), 403), (as_moderator, 403), (Client(), 302)):
        assert client.get(DESK).status_code == status
        sent = client.post(f"{DESK}product/{mug.pk}/decide/", {"answer": "taken_off", "last_report_id": 10**6})
        assert sent.status_code == status
    mug.refresh_from_db()
    assert (mug.is_active, Report.objects.open().count()) == (True, 1)


@pytest.mark.parametrize("path", ["product/0/decide/", "clip/1/decide/"])
def test_unreported_subject_has_no_case(desk: Client, path: str) -> None:
    assert desk.post(DESK + path, {"answer": "no_sign", "last_report_id": 1}).status_code == 404


def test_reports_cannot_be_edited_in_admin(desk: Client) -> None:
    row = complain(make_product("mug"))
    assert desk.get("/admin/social/report/").status_code == 200
    assert desk.post(f"/admin/social/report/{row.pk}/change/", {"state": "upheld"}).status_code == 403
    assert Report.objects.get().state == "open"
