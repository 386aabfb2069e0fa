"""Cases, which group all open reports on one product, creator, rating or comment.

Staff answer them at /admin/social/report/desk/. Reports on clips have no cases, because they are settled when a
moderator decides on the clip at the review desk.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any, overload

from django.db import transaction
from django.db.models import BooleanField, Count, ExpressionWrapper, Max, Min, Q, QuerySet, Window
from django.db.models.functions import RowNumber
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from accounts.models import User
from catalog.merchants.listing_reviews import take_off_sale
from catalog.models import Product, ProductImage
from creators.models import Creator
from social.comments.decisions import remove_reported_comment
from social.models import DISMISSING, UPHOLDING, Comment, Rating, Report, ReportAnswer, ReportState
from social.ratings.decisions import remove_reported_rating
from social.report_weights import MAX_ANONYMOUS_REPORTS, WEIGHT_ANONYMOUS, get_report_weights
from videos.models import Clip, FlagKind
from videos.review.flags import raise_flag

type CaseSubject = Product | Creator | Rating | Comment

MAX_REPORTS_SHOWN = 50
"""How many of a case's reports are read: those with a name first, then the oldest."""
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
    """What was reported, with the open reports on it. `kind` is a key of UPHOLDING.

    `reports` are at most MAX_REPORTS_SHOWN of the `count` open ones, those with a name first, then the oldest. An answer
    settles all reports up to `last_report_id`. Reports that arrive later stay open.
    """

    kind: str
    subject: CaseSubject
    reports: list[CaseReport]
    count: int
    since: datetime
    last_report_id: int

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
    """Return the numbers of open cases under the keys of UPHOLDING."""
    counts = Report.objects.open().with_cases()
    return dict(counts.aggregate(**{kind: Count(kind, distinct=True) for kind in UPHOLDING}))


class OpenCases(Sequence[Case]):
    """The open cases, the one with the oldest report first. Only those that are asked for are read, for a page of them.

    `kind` is a key of UPHOLDING. If it is empty, there are all kinds. However often something is reported,
    it is one case, so that no number of reports hides other cases.
    """

    def __init__(self, kind: str = "") -> None:
        reports = Report.objects.open().with_cases()
        self._reports = reports.exclude(**{kind: None}) if kind else reports
        grouped = self._reports.order_by().values(*UPHOLDING)
        counted = grouped.annotate(count=Count("pk"), since=Min("created_at"), first=Min("pk"), last=Max("pk"))
        self._subjects: QuerySet[Report, dict[str, Any]] = counted.order_by("since", "first")

    def __len__(self) -> int:
        return self._subjects.count()

    @overload
    def __getitem__(self, index: int) -> Case: ...

    @overload
    def __getitem__(self, index: slice) -> list[Case]: ...

    def __getitem__(self, index: int | slice) -> Case | list[Case]:
        if isinstance(index, slice):
            return self._read(list(self._subjects[index]))
        return self._read([self._subjects[index]])[0]

    def _read(self, subjects: Sequence[Any]) -> list[Case]:
        is_anonymous = ExpressionWrapper(Q(user__isnull=True), output_field=BooleanField())
        first = Window(RowNumber(), partition_by=list(UPHOLDING), order_by=[is_anonymous.asc(), "created_at"])
        about = reduce(or_, (Q(**{f"{kind}__in": [row[kind] for row in subjects]}) for kind in UPHOLDING))
        shown = self._reports.filter(about).annotate(number=first).filter(number__lte=MAX_REPORTS_SHOWN)
        shown = shown.select_related(
            "product__category", "creator", "rating__product", "comment__author", "comment__clip"
        )
        shown = shown.prefetch_related("product__images", "rating__pictures")
        reports = list(shown.order_by("number"))
        weights = get_report_weights({report.user_id for report in reports if report.user_id is not None})
        grouped: dict[tuple[int | None, ...], list[CaseReport]] = {}
        for report in reports:
            weight = WEIGHT_ANONYMOUS if report.user_id is None else weights[report.user_id]
            key = tuple(getattr(report, f"{kind}_id") for kind in UPHOLDING)
            grouped.setdefault(key, []).append(CaseReport(report, weight))
        # A case that a colleague has settled meanwhile has no open report any more.
        listed = [(row, grouped.get(tuple(row[kind] for kind in UPHOLDING))) for row in subjects]
        return [_build_case(row, reports) for row, reports in listed if reports]


def open_cases(*, kind: str = "") -> OpenCases:
    """Return the open cases of a kind, or of all kinds."""
    return OpenCases(kind)


def _build_case(row: Any, reports: list[CaseReport]) -> Case:
    kind = next(kind for kind in UPHOLDING if row[kind])
    return Case(kind, _get_subject(reports[0].report), reports, row["count"], row["since"], row["last"])


def clip_reports(clip_id: int) -> list[CaseReport]:
    """Return open reports on a clip with their weights, at most `SHOWN_CLIP_REPORTS`, newest first.

    If there are more, those with a name are kept before anonymous ones, of which anybody can send any number.
    """
    of_clip = Report.objects.open().filter(clip=clip_id)
    is_named = ExpressionWrapper(Q(user__isnull=False), output_field=BooleanField())
    named_first = of_clip.annotate(is_named=is_named).order_by("-is_named", "-created_at", "-pk")[:SHOWN_CLIP_REPORTS]
    reports = sorted(named_first, key=lambda report: (report.created_at, report.pk), reverse=True)
    weights = get_report_weights({report.user_id for report in reports if report.user_id is not None})
    return [
        CaseReport(report, WEIGHT_ANONYMOUS if report.user_id is None else weights[report.user_id])
        for report in reports
    ]


def _get_subject(report: Report) -> CaseSubject:
    subject = report.subject
    assert not isinstance(subject, Clip)
    return subject


def decide_case(
    *, kind: str, subject_id: int, last_report_id: int, moderator: User, answer: ReportAnswer, words: str, now: datetime
) -> int:
    """Answer a case: settle its open reports up to `last_report_id`, and act on the answer.

    Return how many reports were settled. Raises CaseRefused if another moderator has already answered these reports, if
    the answer is not available for this kind of case, or if the moderator made one of the reports, is the reported
    creator or wrote what was reported.
    """
    if answer not in (*UPHOLDING[kind], *DISMISSING):
        raise CaseRefused(_("Choose an answer."))
    case = Report.objects.filter(**{kind: subject_id})
    state = ReportState.DISMISSED if answer in DISMISSING else ReportState.UPHELD
    with transaction.atomic():
        open_reports = case.open().filter(pk__lte=last_report_id)
        is_about = Q(creator__user=moderator) | Q(rating__user=moderator) | Q(comment__author__user=moderator)
        involving = open_reports.filter(Q(user=moderator) | is_about)
        _check_not_involved(involving.select_related("creator", "rating", "comment__author"), moderator)
        settled_count = open_reports.update(
            state=state, answer=answer, answer_words=words, settled_by=moderator, settled_at=now
        )
        if not settled_count:
            raise CaseRefused(_describe_earlier_answer(case.filter(pk__lte=last_report_id).latest("settled_at", "pk")))
        _take_action(answer, subject_id, moderator, now)
    return settled_count


def _check_not_involved(reports: Iterable[Report], moderator: User) -> None:
    """Raise CaseRefused if the moderator made one of the reports, or they are about the moderator."""
    for report in reports:
        author = report.comment.author if report.comment else None
        about = report.creator or report.rating or author
        if about is not None and about.user_id == moderator.pk:
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


def _take_action(answer: ReportAnswer, subject_id: int, moderator: User, now: datetime) -> None:
    """Carry out the answer: take the product off sale, remove the rating or comment, or flag the creator's clips for review."""
    if answer == ReportAnswer.TAKEN_OFF:
        reason = _("It was reported, and the reports were right.")
        take_off_sale(product_id=subject_id, reason=reason, decided_by=moderator, now=now)
    elif answer == ReportAnswer.REMOVED:
        remove_reported_rating(rating_id=subject_id, moderator=moderator, now=now)
    elif answer == ReportAnswer.COMMENT_GONE:
        remove_reported_comment(comment_id=subject_id, moderator=moderator, now=now)
    elif answer == ReportAnswer.RECHECKED:
        for clip_id in Clip.objects.published().filter(creator=subject_id).values_list("pk", flat=True):
            raise_flag(clip_id=clip_id, kind=FlagKind.REPORTS, note=_("The creator was reported."), now=now)
