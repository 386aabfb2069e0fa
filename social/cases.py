"""Reported products and creators as cases: all open reports on one of them together, decided together.

Clips have the review desk; a case is decided under `admin/social/report/desk/` with one of the preset answers.
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
"""How many open reports, oldest first, the cases are put together from."""


class CaseRefused(Exception):
    """Nothing was decided; the message says why."""


@dataclass(frozen=True)
class CaseReport:
    """One report, and how much it counts."""

    report: Report
    weight: int


@dataclass(frozen=True)
class Case:
    """A reported product or creator with its open reports, oldest first."""

    kind: str
    subject: Product | Creator
    reports: list[CaseReport]

    @property
    def since(self) -> datetime:
        return self.reports[0].report.created_at

    @property
    def seen(self) -> int:
        """The newest report in the case; a decision is bound to it, and what comes later stays open."""
        return max(case_report.report.pk for case_report in self.reports)

    @property
    def weight(self) -> int:
        """Add up the reports; of those without a name only as many count as `MAX_ANONYMOUS_REPORTS` says."""
        nameless = sum(case_report.report.user_id is None for case_report in self.reports)
        over = max(0, nameless - MAX_ANONYMOUS_REPORTS)
        return sum(case_report.weight for case_report in self.reports) - over * WEIGHT_ANONYMOUS

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
    """Return how many products and how many creators wait for an answer."""
    counts = Report.objects.open().about_products_and_creators()
    return counts.aggregate(product=Count("product", distinct=True), creator=Count("creator", distinct=True))


def open_cases(*, kind: str = "") -> list[Case]:
    """Return the cases of one kind, or of both; the one that has waited longest comes first."""
    reports = Report.objects.open().about_products_and_creators().order_by("created_at", "pk")
    if kind:
        reports = reports.exclude(**{kind: None})
    read = list(
        reports.select_related("product__category", "creator").prefetch_related("product__images")[:MAX_REPORTS_READ]
    )
    weights = get_report_weights({report.user_id for report in read if report.user_id is not None})
    grouped: dict[tuple[str, int], list[CaseReport]] = {}
    for report in read:
        key = ("product", report.product_id) if report.product_id else ("creator", report.creator_id or 0)
        weight = WEIGHT_ANONYMOUS if report.user_id is None else weights[report.user_id]
        grouped.setdefault(key, []).append(CaseReport(report, weight))
    return [Case(kind, _subject(reports[0].report), reports) for (kind, _pk), reports in grouped.items()]


def _subject(report: Report) -> Product | Creator:
    subject = report.product or report.creator
    assert subject is not None
    return subject


def decide_case(
    *, kind: str, subject_id: int, seen: int, moderator: User, answer: ReportAnswer, words: str, now: datetime
) -> int:
    """Answer the open reports of a case up to the newest one that was seen; return how many there were.

    What the answer says is done in the same transaction. Raises CaseRefused when somebody else was first, when the
    answer is not one for such a case, or when the moderator is a party to it.
    """
    if answer not in (*UPHOLDING[kind], *DISMISSING):
        raise CaseRefused(_("Choose an answer."))
    case = Report.objects.filter(**{kind: subject_id})
    state = ReportState.DISMISSED if answer in DISMISSING else ReportState.UPHELD
    with transaction.atomic():
        waiting = case.open().filter(pk__lte=seen)
        _check_is_no_party(waiting.select_related("creator"), moderator)
        settled = waiting.update(state=state, answer=answer, answer_words=words, settled_by=moderator, settled_at=now)
        if not settled:
            raise CaseRefused(_already_decided(case.filter(pk__lte=seen).latest("settled_at", "pk")))
        _carry_out(answer, subject_id, now)
    return settled


def _check_is_no_party(reports: Iterable[Report], moderator: User) -> None:
    for report in reports:
        if report.creator is not None and report.creator.user_id == moderator.pk:
            raise CaseRefused(_("Nobody decides on reports about themselves."))
        if report.user_id == moderator.pk:
            raise CaseRefused(_("You have reported this yourself; somebody else decides."))


def _already_decided(last: Report) -> str:
    values = {
        "who": last.settled_by or "–",
        "time": date_format(localtime(last.settled_at), "SHORT_DATETIME_FORMAT") if last.settled_at else "–",
        "outcome": last.get_state_display(),
    }
    return _("Somebody was first: %(who)s has answered these reports (%(time)s: %(outcome)s).") % values


def _carry_out(answer: ReportAnswer, subject_id: int, now: datetime) -> None:
    """Do what the answer tells the reporters: off sale, or every live clip of the creator to the re-checks."""
    if answer == ReportAnswer.TAKEN_OFF:
        Product.objects.filter(pk=subject_id).update(is_active=False, updated_at=now)
    elif answer == ReportAnswer.LOOKED_AGAIN:
        for clip_id in Clip.objects.published().filter(creator=subject_id).values_list("pk", flat=True):
            raise_flag(clip_id=clip_id, kind=FlagKind.REPORTS, note=_("The creator was reported."), now=now)
