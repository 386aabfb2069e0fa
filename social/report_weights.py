"""Report weights. Users whose earlier reports were upheld count more, and unreliable ones not at all."""

from collections.abc import Collection
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Q

from accounts.models import User
from social.models import Report, ReportState
from videos.models import Flag, FlagKind
from videos.review.flags import raise_flag, unpublish_for_review

WEIGHT_ANONYMOUS = 1
WEIGHT_KNOWN = 2
WEIGHT_PROVEN = 4
MAX_ANONYMOUS_REPORTS = 3
"""Only this many open anonymous reports on one subject count, because one person may have made them all."""
UNRELIABLE_AFTER = 3
"""Users with at least this many dismissed reports, and fewer upheld ones, get a weight of zero."""


def get_report_weight(user: User | None) -> int:
    """Return the weight of a report by this user. None stands for an anonymous viewer."""
    return WEIGHT_ANONYMOUS if user is None else get_report_weights([user.pk])[user.pk]


def get_report_weights(user_ids: Collection[int]) -> dict[int, int]:
    """Map each user id to the weight of that user's reports, based on how earlier ones were settled. Runs one query."""
    past_reports = Report.objects.filter(user__in=user_ids).values("user_id")
    counts = past_reports.annotate(
        upheld=Count("pk", filter=Q(state=ReportState.UPHELD)),
        dismissed=Count("pk", filter=Q(state=ReportState.DISMISSED)),
    )
    weights = {row["user_id"]: weigh_record(row["upheld"], row["dismissed"]) for row in counts}
    return dict.fromkeys(user_ids, WEIGHT_KNOWN) | weights


def weigh_record(upheld: int, dismissed: int) -> int:
    """Return the weight for a user who has this many upheld and dismissed reports."""
    if dismissed >= UNRELIABLE_AFTER and dismissed > upheld:
        return 0
    return WEIGHT_PROVEN if upheld > dismissed else WEIGHT_KNOWN


def flag_reported_clip(*, report: Report, user: User | None, now: datetime) -> None:
    """Flag a reported clip for review. Unpublish it until the review if its reports weigh enough in total.

    Does nothing for reports on products or creators and for reports that do not count.
    """
    weight = get_report_weight(user)
    anonymous = Report.objects.open().filter(clip=report.clip_id, user=None)
    if report.clip_id is None or weight == 0 or (user is None and anonymous.count() > MAX_ANONYMOUS_REPORTS):
        return
    with transaction.atomic():
        note = str(report.get_reason_display())
        raise_flag(clip_id=report.clip_id, kind=FlagKind.REPORTS, note=note, weight=weight, now=now)
        flag = Flag.objects.open().filter(clip=report.clip_id, kind=FlagKind.REPORTS).first()
        if flag is not None and flag.weight >= settings.REPORTS_HIDE_WEIGHT:
            unpublish_for_review(clip_id=report.clip_id, now=now)
