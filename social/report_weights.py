"""How much a report counts: more from people who were right before, nothing from those who cry wolf."""

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
"""How many open reports by people who are not signed in count for one clip, as they may all be one person's."""
UNRELIABLE_AFTER = 3
"""From so many dismissed reports on, and more dismissed than upheld, a person's reports are kept but weigh nothing."""


def get_report_weight(user: User | None) -> int:
    return WEIGHT_ANONYMOUS if user is None else get_report_weights([user.pk])[user.pk]


def get_report_weights(user_ids: Collection[int]) -> dict[int, int]:
    """Return what a report by each of these people counts, by what became of their earlier ones; in one query."""
    past = Report.objects.filter(user__in=user_ids).values("user_id")
    counted = past.annotate(
        upheld=Count("pk", filter=Q(state=ReportState.UPHELD)),
        dismissed=Count("pk", filter=Q(state=ReportState.DISMISSED)),
    )
    known = {row["user_id"]: _weight(row["upheld"], row["dismissed"]) for row in counted}
    return dict.fromkeys(user_ids, WEIGHT_KNOWN) | known


def _weight(upheld: int, dismissed: int) -> int:
    if dismissed >= UNRELIABLE_AFTER and dismissed > upheld:
        return 0
    return WEIGHT_PROVEN if upheld > dismissed else WEIGHT_KNOWN


def flag_reported_clip(*, report: Report, user: User | None, now: datetime) -> None:
    """Raise the clip in the review queue, and hide it until it is seen when the reports weigh enough together."""
    weight = get_report_weight(user)
    nameless = Report.objects.open().filter(clip=report.clip_id, user=None)
    if report.clip_id is None or weight == 0 or (user is None and nameless.count() > MAX_ANONYMOUS_REPORTS):
        return
    with transaction.atomic():
        note = str(report.get_reason_display())
        raise_flag(clip_id=report.clip_id, kind=FlagKind.REPORTS, note=note, weight=weight, now=now)
        flag = Flag.objects.open().filter(clip=report.clip_id, kind=FlagKind.REPORTS).first()
        if flag is not None and flag.weight >= settings.REPORTS_HIDE_WEIGHT:
            unpublish_for_review(clip_id=report.clip_id, now=now)
