"""Weights of reports. They depend on how the user's earlier reports were settled.

Every report informs moderators with its weight. Before they have looked, only credible weight may lower a clip in the
feed or hide it. Anonymous reports have none, and neither have those of new accounts, because anybody can make any number
of both. Each report that was upheld adds to the weight of the reporter's next ones, and to how many may count at a time.
"""

import logging
from collections.abc import Collection
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Q

from accounts.models import User
from social.models import Report, ReportState
from videos.models import Flag, FlagKind
from videos.review.flags import raise_flag, unpublish_for_review
from videos.states import ClipState

logger = logging.getLogger(__name__)

WEIGHT_ANONYMOUS = 1
WEIGHT_KNOWN = 2
WEIGHT_PROVEN = 4
MOST_WEIGHT = 8
WEIGHT_CREDIBLE = 1
"""The credible weight of a report by an account that is not new, of which no report was upheld more often than not."""
NEW_FOR = timedelta(days=30)
"""How long an account is new, unless its reports have been upheld."""
CREDIBLE_OPEN_REPORTS = 3
"""How many open reports of an account are credible at a time. Each report that was upheld allows as many more.

Otherwise a few old accounts could hide every clip of the shop before a moderator has looked at one.
"""
MAX_HIDDEN_CLIPS = 3
"""How many clips of a creator reports may hide at a time before a moderator has looked at one of them."""
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
    return min(WEIGHT_PROVEN - 1 + upheld - dismissed, MOST_WEIGHT) if upheld > dismissed else WEIGHT_KNOWN


def weigh_credibility(user: User | None, weight: int, *, now: datetime) -> int:
    """Return the part of a report's weight that may rank and hide. `weight` is that of the user's reports."""
    if user is None or weight < WEIGHT_PROVEN:
        is_known = user is not None and weight > 0 and user.date_joined <= now - NEW_FOR
        return WEIGHT_CREDIBLE if is_known else 0
    return weight


def flag_reported_clip(*, report: Report, user: User | None, now: datetime) -> None:
    """Flag a reported clip for review. If its credible reports weigh enough in total, unpublish it until the review.

    `user` is the reporter. Do nothing for reports on products and creators, and for reports that do not count. A clip
    of a creator of whom MAX_HIDDEN_CLIPS are hidden stays published, and waits for a moderator as a flagged one.
    """
    weight = get_report_weight(user)
    anonymous = Report.objects.open().filter(clip=report.clip_id, user=None)
    if report.clip_id is None or weight == 0 or (user is None and anonymous.count() > MAX_ANONYMOUS_REPORTS):
        return
    with transaction.atomic():
        note = str(report.get_reason_display())
        credible = 0 if _has_many_open(report, weight) else weigh_credibility(user, weight, now=now)
        weights = {"weight": weight, "credible_weight": credible}
        raise_flag(clip_id=report.clip_id, kind=FlagKind.REPORTS, note=note, now=now, **weights)
        hiding = Flag.objects.open().filter(kind=FlagKind.REPORTS, credible_weight__gte=settings.REPORTS_HIDE_WEIGHT)
        flag = hiding.filter(clip=report.clip_id).select_related("clip").first()
        if flag is None:
            return
        hidden = hiding.filter(clip__creator=flag.clip.creator_id, clip__state=ClipState.IN_REVIEW)
        if hidden.count() < MAX_HIDDEN_CLIPS:
            unpublish_for_review(clip_id=flag.clip_id, now=now)
        else:
            logger.warning("reported clip not hidden", extra={"clip": flag.clip_id, "creator": flag.clip.creator_id})


def _has_many_open(report: Report, weight: int) -> bool:
    """Return whether so many other reports of the user are open that this one is for moderators only."""
    others = Report.objects.open().filter(user=report.user_id).exclude(pk=report.pk)
    return others.count() >= CREDIBLE_OPEN_REPORTS * max(1, weight - WEIGHT_KNOWN)
