"""Reports by nobody, by new accounts and by accounts that report everything: moderators see them, but they hide little."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from catalog.models import Product
from creators.models import Creator
from feed.page.cache import clear_caches
from feed.page.snapshot import REPORTED, current_snapshot
from social.cases import MAX_REPORTS_SHOWN, clip_reports, open_cases
from social.models import Report, ReportReason, ReportState
from social.report_weights import MOST_WEIGHT, NEW_FOR, get_report_weight, weigh_record
from social.reports import report_subject, settle_reports_by_decisions
from tests.conftest import client_of, make_staff
from tests.factories import approve, make_creator, make_product, make_published_clip, make_user
from videos.models import Clip, Flag

pytestmark = pytest.mark.django_db
DESK = "/admin/social/report/desk/"


def report(subject: Clip | Product | Creator, user: User | None = None) -> Report:
    return report_subject(
        user=user, subject=subject, reason=ReportReason.OTHER, words="Not as shown", now=timezone.now()
    )


def rank_factor(clip: Clip) -> float:
    clear_caches()
    snapshot = current_snapshot()
    return float(snapshot.rank_factors[snapshot.rows_of([clip.pk])][0])


def make_known_user() -> User:
    """Return a user whose account is no longer new."""
    return make_user(date_joined=timezone.now() - NEW_FOR - timedelta(days=1))


def make_proven_reporter(upheld: int = 1) -> User:
    """Return a new user of whom this many reports were upheld."""
    user = make_user()
    for _number in range(upheld):
        made = report(make_product(), user)
        Report.objects.filter(pk=made.pk).update(state=ReportState.UPHELD, settled_at=timezone.now())
    return user


@pytest.mark.parametrize("anonymous", [1, 30])
def test_anonymous_reports_inform_moderators_and_lower_nothing(client: Client, anonymous: int) -> None:
    clip = make_published_clip()
    for _time in range(anonymous):
        body = {"reason": "misleading"}
        assert (
            client.post(f"/api/v1/clips/{clip.code}/report/", body, content_type="application/json").status_code == 202
        )
    flag = Flag.objects.get(clip=clip)
    assert (rank_factor(clip), flag.credible_weight, flag.weight) == (1.0, 0, min(anonymous, 3))
    clip.refresh_from_db()
    assert clip.state == "published"


def test_two_anonymous_and_many_new_accounts_hide_nothing(settings: Any) -> None:
    settings.REPORTS_HIDE_WEIGHT = 1
    clip = make_published_clip()
    for user in [None, None, *(make_user() for _number in range(12))]:
        report(clip, user)
    clip.refresh_from_db()
    assert (clip.state, rank_factor(clip), Flag.objects.get().credible_weight) == ("published", 1.0, 0)


def test_credible_reports_lower_a_clip_and_then_hide_it(settings: Any) -> None:
    settings.REPORTS_HIDE_WEIGHT = 10
    clip = make_published_clip()
    report(clip, make_known_user())
    assert (rank_factor(clip), Flag.objects.get().credible_weight) == (1.0, 1)
    report(clip, make_proven_reporter())
    assert (rank_factor(clip), Flag.objects.get().credible_weight) == (REPORTED, 5)
    report(clip, make_proven_reporter(upheld=2))
    clip.refresh_from_db()
    assert (clip.state, Flag.objects.get().credible_weight) == ("in_review", 10)


def test_accounts_that_report_everything_lower_and_hide_three_clips(settings: Any) -> None:
    settings.REPORTS_HIDE_WEIGHT = 10
    clips, gang = [make_published_clip() for _number in range(5)], [make_known_user() for _number in range(10)]
    for clip in clips:
        for user in gang:
            report(clip, user)
    for clip in clips:
        clip.refresh_from_db()
    assert [clip.state for clip in clips] == ["in_review"] * 3 + ["published"] * 2
    assert [rank_factor(clip) for clip in clips[3:]] == [1.0, 1.0]
    flags = Flag.objects.filter(clip__in=clips[3:]).values_list("weight", "credible_weight")
    assert set(flags) == {(20, 0)}  # moderators see them first


def test_upheld_reports_allow_more_at_a_time() -> None:
    clips, user = [make_published_clip() for _number in range(7)], make_proven_reporter()
    for clip in clips:
        report(clip, user)
    weights = Flag.objects.filter(clip__in=clips).order_by("clip").values_list("credible_weight", flat=True)
    assert list(weights) == [4] * 6 + [0]


def test_many_accounts_hide_three_clips_of_a_creator_until_a_moderator_has_looked(settings: Any) -> None:
    settings.REPORTS_HIDE_WEIGHT = 2
    creator = make_creator("victim")
    clips, other = [make_published_clip(creator) for _number in range(5)], make_published_clip()
    for clip in (*clips, other):
        for _number in range(2):
            report(clip, make_known_user())
    assert list(Clip.objects.published().order_by("pk")) == clips[3:]
    other.refresh_from_db()
    assert other.state == "in_review"
    approve(clips[0], now=timezone.now())
    report(clips[3], make_known_user())
    clips[3].refresh_from_db()
    assert clips[3].state == "in_review"


def test_weight_grows_with_upheld_reports_up_to_a_limit() -> None:
    assert [weigh_record(upheld, 0) for upheld in (0, 1, 2, 3, 50)] == [2, 4, 5, 6, MOST_WEIGHT]
    assert [weigh_record(3, dismissed) for dismissed in (1, 2, 3, 4)] == [5, 4, 2, 0]
    assert get_report_weight(make_proven_reporter(upheld=2)) == 5


def test_five_hundred_reports_on_one_product_hide_no_other_case() -> None:
    buried, lamp = make_product("buried"), make_product("lamp")
    Report.objects.bulk_create(
        Report(product=buried, reason="fake", created_at=timezone.now() - timedelta(hours=1)) for _number in range(600)
    )
    named = report(buried, make_user())
    report(lamp)
    cases = open_cases()
    assert [(case.subject, case.count, len(case.reports)) for case in cases] == [
        (buried, 601, MAX_REPORTS_SHOWN),
        (lamp, 1, 1),
    ]
    assert (cases[0].reports[0].report, cases[0].weight, cases[0].last_report_id) == (named, 2 + 3, named.pk)
    desk = client_of(make_staff("desk@example.com", "social"))
    page = desk.get(DESK).content.decode()
    assert "/p/lamp/" in page and "601 reports" in page
    answer = {"answer": "no_sign", "last_report_id": cases[0].last_report_id}
    desk.post(f"{DESK}product/{buried.pk}/decide/", answer)
    assert [case.subject for case in open_cases()] == [lamp]


def test_cases_are_read_a_page_at_a_time(django_assert_max_num_queries: Any) -> None:
    for number in range(30):
        report(make_product(f"product-{number:02}"))
    desk = client_of(make_staff("desk@example.com", "social"))
    first, second = (desk.get(DESK, {"page": page}).content.decode() for page in (1, 2))
    assert (first.count("data-case>"), second.count("data-case>")) == (25, 5)
    with django_assert_max_num_queries(5):
        assert len(open_cases()[25:50]) == 5


def test_reports_on_clips_that_nobody_decides_on_do_not_hold_up_the_answers() -> None:
    flooded, decided = make_published_clip(), make_published_clip()
    now = timezone.now()
    Report.objects.bulk_create(
        Report(clip=flooded, reason="other", created_at=now - timedelta(days=1)) for _number in range(600)
    )
    report(decided, make_user())
    approve(decided, now=now + timedelta(minutes=1))
    assert settle_reports_by_decisions(now=now + timedelta(minutes=5)) == 1
    assert Report.objects.get(clip=decided).state == ReportState.DISMISSED


def test_anonymous_reports_push_no_named_one_off_the_review_desk() -> None:
    clip = make_published_clip()
    named = report(clip, make_user())
    Report.objects.bulk_create(
        Report(clip=clip, reason="other", created_at=timezone.now() + timedelta(minutes=1)) for _number in range(100)
    )
    assert named in [case_report.report for case_report in clip_reports(clip.pk)]
