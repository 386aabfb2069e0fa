"""Cases, which group all open reports on one product or creator.

Staff answer them at /admin/social/report/desk/. Reports on clips have no cases, because they are settled when a
moderator decides on the clip at the review desk.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Count
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from accounts.models import User
from catalog.models import Product, ProductImage
from creators.models import Creator
from social.models import DISMISSING, UPHOLDING, Report, ReportAnswer, ReportState
from social.report_weights import MAX_ANONYMOUS_REPORTS, WEIGHT_ANONYMOUS, get_report_weights
from videos.models import Clip, FlagKind
from videos.review.flags import raise_flag

MAX_REPORTS_READ = 500
"""The maximum number of reports that are grouped into cases at a time. The oldest open reports are read first."""
SHOWN_CLIP_REPORTS = 20
"""How many of a clip's open reports the review desk shows."""


class CaseRefused(Exception):
    """An answer that was not stored. The message says why."""


@dataclass(frozen=True)
class CaseReport:
    """A report in a case, and its weight."""

    report: Report
    weight: int


@dataclass(frozen=True)
class Case:
    """A reported product or creator with all open reports on it, oldest first. `kind` is "product" or "creator"."""

    kind: str
    subject: Product | Creator
    reports: list[CaseReport]

    @property
    def since(self) -> datetime:
        return self.reports[0].report.created_at

    @property
    def last_report_id(self) -> int:
        """Return the id of the newest report in the case.

        An answer settles the reports up to this one. Reports that arrive later stay open.
        """
        return max(case_report.report.pk for case_report in self.reports)

    @property
    def weight(self) -> int:
        """Return the sum of the reports' weights. At most `MAX_ANONYMOUS_REPORTS` anonymous reports are counted."""
        anonymous_count = sum(case_report.report.user_id is None for case_report in self.reports)
        uncounted = max(0, anonymous_count - MAX_ANONYMOUS_REPORTS)
        return sum(case_report.weight for case_report in self.reports) - uncounted * WEIGHT_ANONYMOUS

    @property
    def image(self) -> ProductImage | None:
        images = self.subject.images.all() if isinstance(self.subject, Product) else ()
        return min(images, key=lambda image: image.position, default=None)

    @property
    def upholding(self) -> tuple[ReportAnswer, ...]:
        return UPHOLDING[self.kind]

    @property
    def dismissing(self) -> tuple[ReportAnswer, ...]:
        return DISMISSING


def count_cases() -> dict[str, int]:
    """Return the numbers of open cases under the keys "product" and "creator"."""
    counts = Report.objects.open().about_products_and_creators()
    return counts.aggregate(product=Count("product", distinct=True), creator=Count("creator", distinct=True))


def open_cases(*, kind: str = "") -> list[Case]:
    """Return the open cases. The case with the oldest report comes first.

    `kind` is "product" or "creator". If it is empty, both kinds are returned.
    """
    reports = Report.objects.open().about_products_and_creators().order_by("created_at", "pk")
    if kind:
        reports = reports.exclude(**{kind: None})
    reports = reports.select_related("product__category", "creator").prefetch_related("product__images")
    oldest = list(reports[:MAX_REPORTS_READ])
    weights = get_report_weights({report.user_id for report in oldest if report.user_id is not None})
    grouped: dict[tuple[str, int], list[CaseReport]] = {}
    for report in oldest:
        key = ("product", report.product_id) if report.product_id else ("creator", report.creator_id or 0)
        weight = WEIGHT_ANONYMOUS if report.user_id is None else weights[report.user_id]
        grouped.setdefault(key, []).append(CaseReport(report, weight))
    return [Case(kind, _get_subject(group[0].report), group) for (kind, _pk), group in grouped.items()]


def clip_reports(clip_id: int) -> list[CaseReport]:
    """Return the newest open reports on a clip with their weights, at most `SHOWN_CLIP_REPORTS`, newest first."""
    reports = list(Report.objects.open().filter(clip=clip_id).order_by("-created_at", "-pk")[:SHOWN_CLIP_REPORTS])
    weights = get_report_weights({report.user_id for report in reports if report.user_id is not None})
    return [
        CaseReport(report, WEIGHT_ANONYMOUS if report.user_id is None else weights[report.user_id])
        for report in reports
    ]


def _get_subject(report: Report) -> Product | Creator:
    subject = report.product or report.creator
    assert subject is not None
    return subject


def decide_case(
    *, kind: str, subject_id: int, last_report_id: int, moderator: User, answer: ReportAnswer, words: str, now: datetime
) -> int:
    """Answer a case: settle its open reports up to `last_report_id`, and act on the answer.

    Return how many reports were settled. Raises CaseRefused if another moderator has already answered these reports, if
    the answer is not available for this kind of case, or if the moderator made one of the reports or is the reported
    creator.
    """
    if answer not in (*UPHOLDING[kind], *DISMISSING):
        raise CaseRefused(_("Choose an answer."))
    case = Report.objects.filter(**{kind: subject_id})
    state = ReportState.DISMISSED if answer in DISMISSING else ReportState.UPHELD
    with transaction.atomic():
        open_reports = case.open().filter(pk__lte=last_report_id)
        _check_not_involved(open_reports.select_related("creator"), moderator)
        settled_count = open_reports.update(
            state=state, answer=answer, answer_words=words, settled_by=moderator, settled_at=now
        )
        if not settled_count:
            raise CaseRefused(_describe_earlier_answer(case.filter(pk__lte=last_report_id).latest("settled_at", "pk")))
        _take_action(answer, subject_id, now)
    return settled_count


def _check_not_involved(reports: Iterable[Report], moderator: User) -> None:
    """Raise CaseRefused if the moderator made one of the reports or is the reported creator."""
    for report in reports:
        if report.creator is not None and report.creator.user_id == moderator.pk:
            raise CaseRefused(_("You can't decide on reports about yourself."))
        if report.user_id == moderator.pk:
            raise CaseRefused(_("You reported this yourself, so another moderator has to decide."))


def _describe_earlier_answer(last: Report) -> str:
    values = {
        "who": last.settled_by or "–",
        "time": date_format(localtime(last.settled_at), "SHORT_DATETIME_FORMAT") if last.settled_at else "–",
        "outcome": last.get_state_display(),
    }
    return _("These reports were already answered by %(who)s (%(time)s: %(outcome)s).") % values


def _take_action(answer: ReportAnswer, subject_id: int, now: datetime) -> None:
    """Carry out the answer: take the product off sale, or flag the creator's published clips for another review."""
    if answer == ReportAnswer.TAKEN_OFF:
        Product.objects.filter(pk=subject_id).update(is_active=False, updated_at=now)
    elif answer == ReportAnswer.RECHECKED:
        for clip_id in Clip.objects.published().filter(creator=subject_id).values_list("pk", flat=True):
            raise_flag(clip_id=clip_id, kind=FlagKind.REPORTS, note=_("The creator was reported."), now=now)
