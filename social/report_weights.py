"""Weights of reports. They depend on how the user's earlier reports were settled."""

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
"""The maximum number of open anonymous reports on one subject that count. One person may have made them all."""
UNRELIABLE_AFTER = 3
"""The number of dismissed reports after which a user may count as unreliable.

A user with at least this many, and with fewer upheld than dismissed reports, has weight zero.
"""


def get_report_weight(user: User | None) -> int:
    """Return the weight of a report by this user, or by an anonymous viewer if `user` is None."""
    return WEIGHT_ANONYMOUS if user is None else get_report_weights([user.pk])[user.pk]


def get_report_weights(user_ids: Collection[int]) -> dict[int, int]:
    """Return the weight of each user's reports, by user id. Runs one query."""
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
    """Flag a reported clip for review. If its reports weigh enough in total, unpublish it until the review.

    `user` is the reporter. Do nothing for reports on products and creators, and for reports that do not count.
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
