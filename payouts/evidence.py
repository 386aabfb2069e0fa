"""The evidence for a hold, as labelled facts. Clips and creators are linked to their admin pages."""

from collections.abc import Callable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from creators.models import Creator
from payouts.models import Hold, PayoutAccount
from videos.models import Clip

LABELS = {
    "reason": gettext_lazy("reason"),
    "clicks_in_a_minute": gettext_lazy("clicks in one minute"),
    "minute": gettext_lazy("minute"),
    "visitor": gettext_lazy("device"),
    "clip": gettext_lazy("clip"),
    "same_file_as": gettext_lazy("same file as"),
    "sha256": gettext_lazy("SHA-256 of the file"),
    "clips": gettext_lazy("clips"),
    "creators": gettext_lazy("creators"),
}
"""Maps each key of `Hold.evidence` to its label, in the order in which the facts are shown."""


@dataclass(frozen=True)
class EvidenceItem:
    """One value of a fact. `url` is the admin page of the clip or creator, and empty for other values."""

    text: str
    url: str = ""


@dataclass(frozen=True)
class EvidenceFact:
    label: str
    items: list[EvidenceItem]


def get_evidence_facts(hold: Hold) -> list[EvidenceFact]:
    """Return the evidence for a hold as facts, in the order of `LABELS`."""
    evidence = dict(hold.evidence)
    if "creators" in evidence:
        evidence["creators"] = [hold.creator_id, *evidence["creators"]]
    return [
        EvidenceFact(str(label), _FORMATTERS.get(name, _format_plain)(evidence[name]))
        for name, label in LABELS.items()
        if name in evidence
    ]


def _format_plain(value: object) -> list[EvidenceItem]:
    return [EvidenceItem(str(value))]


def _format_moment(text: str) -> list[EvidenceItem]:
    moment = parse_datetime(text)
    return _format_plain(date_format(localtime(moment), "SHORT_DATETIME_FORMAT") if moment else text)


def _format_clips(codes: list[str]) -> list[EvidenceItem]:
    clips = Clip.objects.filter(code__in=codes).select_related("creator").order_by("pk")
    return [
        EvidenceItem(
            f"{clip.code} @{clip.creator.handle}: {clip.caption}", reverse("admin:videos_clip_change", args=[clip.pk])
        )
        for clip in clips
    ]


def _format_clip(code: str) -> list[EvidenceItem]:
    return _format_clips([code])


def _format_creators(ids: list[int]) -> list[EvidenceItem]:
    """Return an item for each creator. It includes the payout account, so that shared account details stand out."""
    accounts = {account.creator_id: account for account in PayoutAccount.objects.filter(creator__in=ids)}
    items = []
    for creator in Creator.objects.filter(pk__in=ids).order_by("handle"):
        account = accounts.get(creator.pk)
        account_text = f"{account.holder_name} {account.masked}" if account else _("no payout account")
        items.append(
            EvidenceItem(
                f"@{creator.handle} ({account_text})", reverse("admin:creators_creator_change", args=[creator.pk])
            )
        )
    return items


_FORMATTERS: dict[str, Callable[..., list[EvidenceItem]]] = {
    "minute": _format_moment,
    "clip": _format_clip,
    "same_file_as": _format_clip,
    "clips": _format_clips,
    "creators": _format_creators,
}
