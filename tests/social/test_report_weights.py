"""Reports flag a clip for review; if they weigh enough together, it is hidden until a moderator has looked."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.conf import LazySettings

from accounts.models import User
from creators.models import Slot
from social.models import Report, ReportReason
from social.report_weights import NEW_FOR
from social.reports import report_subject
from tests.factories import NOW, make_published_clip, make_user
from videos.models import Clip, DecisionAction, Flag
from videos.review.decisions import decide

pytestmark = pytest.mark.django_db


def complain(clip: Clip, user: User | None = None) -> None:
    report_subject(user=user, subject=clip, reason=ReportReason.MISLEADING, words="", now=NOW)


def make_known_reporter() -> User:
    """Return a user whose account is not new."""
    return make_user(date_joined=NOW - NEW_FOR)


def make_proven_reporter() -> User:
    """Return a user of whom a report was upheld."""
    person = make_user()
    complain(make_published_clip(), person)
    Report.objects.filter(user=person).update(state="upheld", settled_at=NOW)
    return person


def test_weights_add_up_and_each_person_counts_once() -> None:
    clip, person = make_published_clip(), make_user()
    complain(clip, person)
    complain(clip, person)
    complain(clip)
    assert Flag.objects.get().weight == 3


def test_heavy_reports_hide_the_clip_until_review_and_the_fee_stays(settings: LazySettings, moderator: User) -> None:
    settings.REPORTS_HIDE_WEIGHT = 4
    clip = make_published_clip()
    complain(clip, make_known_reporter())
    assert Clip.objects.published().count() == 1
    complain(clip, make_proven_reporter())
    clip.refresh_from_db()
    assert (clip.state, Slot.objects.get(clip_code=clip.code).state) == ("in_review", "earned")
    decide(revision=clip.revisions.get(), moderator=moderator, action=DecisionAction.APPROVE, now=NOW)
    assert Clip.objects.published().filter(pk=clip.pk).exists()
    assert Flag.objects.open().filter(clip=clip).count() == 0


def test_report_of_an_unreliable_reporter_is_saved_but_weighs_nothing() -> None:
    person = make_user()
    for _time in range(3):
        complain(make_published_clip(), person)
    Report.objects.update(state="dismissed", settled_at=NOW)
    Flag.objects.all().delete()
    complain(make_published_clip(), person)
    assert (Report.objects.filter(state="open").count(), Flag.objects.count()) == (1, 0)


def test_report_of_a_proven_reporter_weighs_more() -> None:
    person = make_user()
    complain(make_published_clip(), person)
    Report.objects.update(state="upheld", settled_at=NOW)
    clip = make_published_clip()
    complain(clip, person)
    assert Flag.objects.get(clip=clip).weight == 4


def make_unreliable_reporter() -> User:
    """Return a user whose three reports were all dismissed."""
    person = make_user()
    for _time in range(3):
        complain(make_published_clip(), person)
    Report.objects.filter(user=person).update(state="dismissed", settled_at=NOW)
    return person


def report_by_unreliable_reporters(clip: Clip) -> None:
    for _person in range(4):
        complain(clip, make_unreliable_reporter())


def report_anonymously(clip: Clip) -> None:
    for _time in range(30):
        complain(clip)


def report_by_one_person(clip: Clip) -> None:
    person = make_user()
    for _time in range(10):
        complain(clip, person)


def report_by_new_accounts(clip: Clip) -> None:
    for _person in range(12):
        complain(clip, make_user(date_joined=NOW))


GUARDS = [
    (report_by_unreliable_reporters, "social.report_weights.weigh_record", lambda upheld, dismissed: 4),
    (report_anonymously, "social.report_weights.weigh_credibility", lambda user, weight, now: 4),
    (report_by_new_accounts, "social.report_weights.NEW_FOR", timedelta(0)),
]


@pytest.mark.parametrize(
    "report_clip", [report_by_unreliable_reporters, report_anonymously, report_by_one_person, report_by_new_accounts]
)
def test_worthless_reports_never_hide_a_clip(settings: LazySettings, report_clip: Callable[[Clip], None]) -> None:
    settings.REPORTS_HIDE_WEIGHT = 8
    clip = make_published_clip()
    report_clip(clip)
    clip.refresh_from_db()
    assert clip.state == "published"


@pytest.mark.parametrize(("report_clip", "guard", "replacement"), GUARDS)
def test_worthless_reports_hide_a_clip_without_the_guard(
    settings: LazySettings,
    monkeypatch: pytest.MonkeyPatch,
    report_clip: Callable[[Clip], None],
    guard: str,
    replacement: object,
) -> None:
    settings.REPORTS_HIDE_WEIGHT = 8
    monkeypatch.setattr(guard, replacement)
    clip = make_published_clip()
    report_clip(clip)
    clip.refresh_from_db()
    assert clip.state == "in_review"


def test_reports_below_the_threshold_leave_the_clip_published(settings: LazySettings) -> None:
    clip, people = make_published_clip(), [make_proven_reporter() for _number in range(2)]
    settings.REPORTS_HIDE_WEIGHT = 1_000_000
    for person in people:
        complain(clip, person)
    assert Clip.objects.published().filter(pk=clip.pk).exists()
    settings.REPORTS_HIDE_WEIGHT = 10
    complain(clip, make_proven_reporter())
    assert not Clip.objects.published().filter(pk=clip.pk).exists()
