"""The review queue: which clips wait, how they are filtered, and which comes next."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from django.conf import settings
from django.db.models import Case, Count, Exists, OuterRef, Q, QuerySet, Subquery, Value, When
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from videos.models import Clip, Decision, Flag, FlagKind, ReviewLock, Revision
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
    "mine": Q(is_open_with_me=True),
}


@dataclass(frozen=True)
class QueueFilter:
    """A tab of the queue and the values of its filters; empty means all."""

    show: str = "all"
    campaign: str = ""
    category: str = ""
    language: str = ""

    @classmethod
    def read(cls, query: QueryDict) -> Self:
        show = query.get("show", "all")
        names = ("campaign", "category", "language")
        return cls(show if show in TABS else "all", *(query.get(name, "") for name in names))


def reviewable_by(moderator: User, *, now: datetime) -> QuerySet[Clip]:
    """Return the clips that the moderator may decide on: reported clips first, then by oldest submission.

    Excludes the moderator's own clips, and appeals against their own decisions.
    """
    open_flags = Flag.objects.open().filter(clip=OuterRef("pk"))
    decisions = Decision.objects.effective().filter(clip=OuterRef("pk"))
    own_decisions = decisions.filter(moderator=moderator)
    locks = ReviewLock.objects.filter(clip=OuterRef("pk"), moderator=moderator, until__gt=now)
    clips = Clip.objects.exclude(creator__user=moderator).annotate(
        is_flagged=Exists(open_flags),
        is_decided=Exists(decisions),
        is_open_with_me=Exists(locks),
        is_reported=Exists(open_flags.filter(kind=FlagKind.REPORTS)),
        latest_revision=Subquery(Revision.objects.filter(clip=OuterRef("pk")).order_by("-number").values("pk")[:1]),
        rank=Case(When(Exists(open_flags.filter(kind=FlagKind.REPORTS)), then=Value(0)), default=Value(1)),
    )
    waits = Q(state__in=(ClipState.IN_REVIEW, ClipState.APPEALED)) | Q(state=ClipState.PUBLISHED, is_flagged=True)
    clips = clips.filter(waits).exclude(Q(state=ClipState.APPEALED) & Exists(own_decisions))
    return clips.order_by("rank", "submitted_at", "pk")


def apply_filter(clips: QuerySet[Clip], chosen: QueueFilter) -> QuerySet[Clip]:
    """Narrow the clips returned by `reviewable_by` to those that the filter selects."""
    clips = clips.filter(_TAB_FILTERS.get(chosen.show, Q()))
    if chosen.campaign:
        clips = clips.filter(enrolment__campaign__slug=chosen.campaign)
    if chosen.category:
        clips = clips.filter(tags__product__category__slug=chosen.category).distinct()
    if chosen.language:
        clips = clips.filter(language=chosen.language)
    return clips


def count_tabs(clips: QuerySet[Clip]) -> dict[str, int]:
    """Return the number of clips in each tab, in one query."""
    counts = {name: Count("pk", filter=shown) for name, shown in _TAB_FILTERS.items()}
    return clips.order_by().aggregate(all=Count("pk"), **counts)


@dataclass(frozen=True)
class Option:
    """One choice of a filter, and the number of clips that it selects."""

    value: str
    label: str
    count: int


OPTIONS = {
    "campaign": ("enrolment__campaign__slug", "enrolment__campaign__title"),
    "category": ("tags__product__category__slug", "tags__product__category__name"),
    "language": ("language", "language"),
}
"""For each filter, the lookups of its values and of their labels."""


def count_options(clips: QuerySet[Clip], chosen: QueueFilter) -> dict[str, list[Option]]:
    """Return the choices of each filter that select a clip in the current tab. One query per filter."""
    shown = Clip.objects.filter(pk__in=apply_filter(clips, QueueFilter(chosen.show)).order_by().values("pk"))
    languages = dict(settings.LANGUAGES)
    options = {}
    for name, (value, label) in OPTIONS.items():
        rows = shown.exclude(**{value: None}).values_list(value, label).annotate(count=Count("pk", distinct=True))
        options[name] = [Option(key, languages.get(key, text), count) for key, text, count in rows.order_by(label)]
        selected = getattr(chosen, name)
        if selected and selected not in {option.value for option in options[name]}:
            options[name].append(Option(selected, languages.get(selected, selected), 0))
    return options


def next_clip(
    *, moderator: User, after: Clip | None, chosen: QueueFilter, now: datetime, without: Collection[str] = ()
) -> Clip | None:
    """Return the next clip after `after` that no other moderator has open, wrapping around at the end; None if none is left.

    `without` holds the codes of clips whose decisions are still being sent.
    """
    locked = ReviewLock.objects.filter(until__gt=now).exclude(moderator=moderator).values("clip")
    waiting = apply_filter(reviewable_by(moderator, now=now), chosen).exclude(pk__in=locked).exclude(code__in=without)
    if after is None:
        return waiting.first()
    others = waiting.exclude(pk=after.pk)
    later = Q(submitted_at__gt=after.submitted_at) | Q(submitted_at=after.submitted_at, pk__gt=after.pk)
    return others.filter(later).first() or others.first()
