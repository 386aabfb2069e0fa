"""The review queue: the clips that wait for a moderator, the tabs and filters, and the choice of the next clip."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from django.conf import settings
from django.db.models import Case, Count, Exists, Max, OuterRef, Q, QuerySet, Subquery, Value, When
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from videos.models import Clip, Decision, Flag, FlagKind, ReviewLock, Revision
from videos.models.clip import ClipQuerySet
from videos.states import ClipState

TABS = {
    "all": _("All"),
    "new": _("New"),
    "again": _("Resubmitted"),
    "flagged": _("Reported"),
    "appeals": _("Appeals"),
    "rechecks": _("Re-checks"),
    "mine": _("Opened by me"),
}
FILTERS = {"campaign": _("Campaign"), "category": _("Category"), "language": _("Language")}

_TAB_FILTERS = {
    "new": Q(state=ClipState.IN_REVIEW, is_decided=False),
    "again": Q(state=ClipState.IN_REVIEW, is_decided=True),
    "flagged": Q(is_reported=True),
    "appeals": Q(state=ClipState.APPEALED),
    "rechecks": Q(state=ClipState.PUBLISHED),
    "mine": Q(is_opened_by_moderator=True),
}


@dataclass(frozen=True)
class QueueFilter:
    """The selected tab and the selected filter values. An empty value selects all clips."""

    show: str = "all"
    campaign: str = ""
    category: str = ""
    language: str = ""

    @classmethod
    def read(cls, query: QueryDict) -> Self:
        """Return the tab and filter values selected in a query string. An unknown tab counts as “all”."""
        show = query.get("show", "all")
        names = ("campaign", "category", "language")
        return cls(show if show in TABS else "all", *(query.get(name, "") for name in names))

    @property
    def is_narrowed(self) -> bool:
        """Return whether the filter selects more than a tab."""
        return bool(self.campaign or self.category or self.language)


def reviewable_by(moderator: User, *, now: datetime) -> ClipQuerySet:
    """Return the clips that the moderator may decide on. Reported clips come first, then the oldest submissions.

    The moderator's own clips are excluded. So are appealed clips on which the moderator has made a decision.
    """
    open_flags = Flag.objects.open().filter(clip=OuterRef("pk"))
    decisions = Decision.objects.effective().filter(clip=OuterRef("pk"))
    own_decisions = decisions.filter(moderator=moderator)
    locks = ReviewLock.objects.filter(clip=OuterRef("pk"), moderator=moderator, until__gt=now)
    clips = Clip.objects.exclude(creator__user=moderator).annotate(
        is_decided=Exists(decisions),
        is_opened_by_moderator=Exists(locks),
        is_reported=Exists(open_flags.filter(kind=FlagKind.REPORTS)),
        latest_revision=Subquery(Revision.objects.filter(clip=OuterRef("pk")).order_by("-number").values("pk")[:1]),
        rank=Case(When(Exists(open_flags.filter(kind=FlagKind.REPORTS)), then=Value(0)), default=Value(1)),
    )
    # Two conditions joined by OR would read all clips; each by itself has an index.
    submitted = Clip.objects.filter(state__in=(ClipState.IN_REVIEW, ClipState.APPEALED)).values("pk")
    flagged = Flag.objects.open().filter(clip__state=ClipState.PUBLISHED).values("clip")
    clips = clips.filter(pk__in=submitted.union(flagged)).exclude(Q(state=ClipState.APPEALED) & Exists(own_decisions))
    return clips.order_by("rank", "submitted_at", "pk")


def apply_filter(clips: ClipQuerySet, queue_filter: QueueFilter) -> ClipQuerySet:
    """Return the clips that match the filter. `clips` must come from `reviewable_by`."""
    clips = clips.filter(_TAB_FILTERS.get(queue_filter.show, Q()))
    if queue_filter.campaign:
        clips = clips.filter(enrolment__campaign__slug=queue_filter.campaign)
    if queue_filter.category:
        clips = clips.filter(tags__product__category__slug=queue_filter.category).distinct()
    if queue_filter.language:
        clips = clips.filter(language=queue_filter.language)
    return clips


def count_tabs(clips: QuerySet[Clip]) -> dict[str, int]:
    """Return the number of clips for each tab and, under "drifted", of live clips that have drifted.

    This takes one query, and another if no clip waits.
    """
    drifted = Clip.objects.published().exclude(drifted_at=None).order_by()
    total = drifted.annotate(any=Value(1)).values("any").annotate(total=Count("pk")).values("total")
    counts = {name: Count("pk", filter=condition) for name, condition in _TAB_FILTERS.items()}
    totals = clips.order_by().aggregate(all=Count("pk"), drifted=Max(Subquery(total)), **counts)
    return totals | {"drifted": (totals["drifted"] or 0) if totals["all"] else drifted.count()}


@dataclass(frozen=True)
class Option:
    """A filter option, and the number of clips that match it."""

    value: str
    label: str
    count: int


OPTIONS = {
    "campaign": ("enrolment__campaign__slug", "enrolment__campaign__title"),
    "category": ("tags__product__category__slug", "tags__product__category__name"),
    "language": ("language", "language"),
}
"""Maps each filter to two lookups: the one for its options' values, and the one for their labels."""


def count_options(clips: ClipQuerySet, queue_filter: QueueFilter) -> dict[str, list[Option]]:
    """Return the options of each filter, each with the number of matching clips in the current tab.

    A selected option is included even if no clip matches it. This takes one query.
    """
    shown = Clip.objects.filter(pk__in=apply_filter(clips, QueueFilter(queue_filter.show)).order_by().values("pk"))
    languages = dict(settings.LANGUAGES)
    options: dict[str, list[Option]] = {name: [] for name in OPTIONS}
    rows = [
        shown.order_by()
        .exclude(**{value: None})
        .annotate(filter_name=Value(name))
        .values_list("filter_name", value, label)
        .annotate(count=Count("pk", distinct=True))
        for name, (value, label) in OPTIONS.items()
    ]
    for name, key, text, count in rows[0].union(*rows[1:], all=True):
        options[name].append(Option(key, languages.get(key, text), count))
    for name in options:
        options[name].sort(key=lambda option: option.label)
        selected = getattr(queue_filter, name)
        if selected and selected not in {option.value for option in options[name]}:
            options[name].append(Option(selected, languages.get(selected, selected), 0))
    return options


def next_clip(
    *,
    moderator: User,
    after: Clip | None,
    queue_filter: QueueFilter,
    now: datetime,
    excluded_codes: Collection[str] = (),
) -> Clip | None:
    """Return the clip that follows `after` in the queue, or None if no clip is left.

    At the end of the queue, start again at its beginning. Skip clips that another moderator has open. Also skip the
    clips with `excluded_codes`, because the browser is still sending the decisions on them.
    """
    locked = ReviewLock.objects.filter(until__gt=now).exclude(moderator=moderator).values("clip")
    clips = apply_filter(reviewable_by(moderator, now=now), queue_filter)
    waiting = clips.exclude(pk__in=locked).exclude(code__in=excluded_codes)
    if after is None:
        return waiting.first()
    others = waiting.exclude(pk=after.pk)
    later = Q(submitted_at__gt=after.submitted_at) | Q(submitted_at=after.submitted_at, pk__gt=after.pk)
    return others.filter(later).first() or others.first()
