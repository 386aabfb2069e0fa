"""Reports raise a clip in the review queue; many together hide it until somebody has looked."""

from collections.abc import Callable

import pytest
from django.conf import LazySettings

from accounts.models import User
from creators.models import Slot
from social.models import Report, ReportReason
from social.reports import report_subject
from tests.factories import NOW, make_published_clip, make_user
from videos.models import Clip, DecisionAction, Flag
from videos.review.decisions import decide

pytestmark = pytest.mark.django_db


def complain(clip: Clip, user: User | None = None) -> None:
    report_subject(user=user, subject=clip, reason=ReportReason.MISLEADING, words="", now=NOW)


def test_reports_add_up_by_weight_and_the_same_person_counts_once() -> None:
    clip, person = make_published_clip(), make_user()
    complain(clip, person)
    complain(clip, person)
    complain(clip)
    assert Flag.objects.get().weight == 3


def test_heavy_reports_hide_the_clip_until_it_is_seen_and_the_fee_stays(
    settings: LazySettings, moderator: User
) -> None:
    settings.REPORTS_HIDE_WEIGHT = 4
    clip = make_published_clip()
    complain(clip, make_user())
    assert Clip.objects.published().count() == 1
    complain(clip, make_user())
    clip.refresh_from_db()
    assert (clip.state, Slot.objects.get().state) == ("in_review", "earned")
    decide(revision=clip.revisions.get(), moderator=moderator, action=DecisionAction.APPROVE, now=NOW)
    assert Clip.objects.published().count() == 1
    assert Flag.objects.open().count() == 0


def test_who_cries_wolf_is_heard_but_weighs_nothing() -> None:
    person = make_user()
    for _time in range(3):
        complain(make_published_clip(), person)
    Report.objects.update(state="dismissed", settled_at=NOW)
    Flag.objects.all().delete()
    complain(make_published_clip(), person)
    assert (Report.objects.filter(state="open").count(), Flag.objects.count()) == (1, 0)


def test_who_was_right_before_weighs_more() -> None:
    person = make_user()
    complain(make_published_clip(), person)
    Report.objects.update(state="upheld", settled_at=NOW)
    clip = make_published_clip()
    complain(clip, person)
    assert Flag.objects.get(clip=clip).weight == 4


def cried_wolf() -> User:
    """Return a person whose three reports were all dismissed."""
    person = make_user()
    for _time in range(3):
        complain(make_published_clip(), person)
    Report.objects.filter(user=person).update(state="dismissed", settled_at=NOW)
    return person


def pile_on_by_wolf_criers(clip: Clip) -> None:
    for _person in range(4):
        complain(clip, cried_wolf())


def pile_on_without_a_name(clip: Clip) -> None:
    for _time in range(30):
        complain(clip)


def pile_on_by_one_person(clip: Clip) -> None:
    person = make_user()
    for _time in range(10):
        complain(clip, person)


PILES = [
    (pile_on_by_wolf_criers, "social.report_weights._weight", lambda upheld, dismissed: 2),
    (pile_on_without_a_name, "social.report_weights.MAX_ANONYMOUS_REPORTS", 1000),
]


@pytest.mark.parametrize("pile_on", [pile_on_by_wolf_criers, pile_on_without_a_name, pile_on_by_one_person])
def test_no_pile_of_worthless_reports_hides_a_clip(settings: LazySettings, pile_on: Callable[[Clip], None]) -> None:
    settings.REPORTS_HIDE_WEIGHT = 8
    clip = make_published_clip()
    pile_on(clip)
    clip.refresh_from_db()
    assert clip.state == "published"


@pytest.mark.parametrize(("pile_on", "guard", "off"), PILES)
def test_with_the_weights_off_it_would_be_hidden(
    settings: LazySettings,
    monkeypatch: pytest.MonkeyPatch,
    pile_on: Callable[[Clip], None],
    guard: str,
    off: object,
) -> None:
    settings.REPORTS_HIDE_WEIGHT = 8
    monkeypatch.setattr(guard, off)
    clip = make_published_clip()
    pile_on(clip)
    clip.refresh_from_db()
    assert clip.state == "in_review"


def test_with_the_threshold_off_any_number_of_reports_leaves_it_live(settings: LazySettings) -> None:
    clip, people = make_published_clip(), [make_user() for _number in range(6)]
    settings.REPORTS_HIDE_WEIGHT = 1_000_000
    for person in people:
        complain(clip, person)
    assert Clip.objects.published().count() == 1
    settings.REPORTS_HIDE_WEIGHT = 10
    complain(clip, make_user())
    assert Clip.objects.published().count() == 0
