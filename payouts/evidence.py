"""What speaks for a hold, in words, with the way to every creator and clip that it names."""

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
    "clicks_in_a_minute": gettext_lazy("clicks in one minute"),
    "minute": gettext_lazy("when"),
    "visitor": gettext_lazy("device"),
    "clip": gettext_lazy("clip"),
    "same_file_as": gettext_lazy("same file as"),
    "sha256": gettext_lazy("fingerprint of the file"),
    "clips": gettext_lazy("clips"),
    "creators": gettext_lazy("creators"),
}
"""By the names that evidence has in the row, in the order in which they are read."""


@dataclass(frozen=True)
class EvidenceItem:
    """Something that evidence names; `url` leads to it, where it has a page."""

    text: str
    url: str = ""


@dataclass(frozen=True)
class EvidenceFact:
    label: str
    items: list[EvidenceItem]


def get_evidence_facts(hold: Hold) -> list[EvidenceFact]:
    """Return what was found, first what was counted, then whom and what it is about."""
    found = dict(hold.evidence)
    if "creators" in found:
        found["creators"] = [hold.creator_id, *found["creators"]]
    return [
        EvidenceFact(str(label), _NAMING.get(name, _plain)(found[name]))
        for name, label in LABELS.items()
        if name in found
    ]


def _plain(value: object) -> list[EvidenceItem]:
    return [EvidenceItem(str(value))]


def _moment(text: str) -> list[EvidenceItem]:
    moment = parse_datetime(text)
    return _plain(date_format(localtime(moment), "SHORT_DATETIME_FORMAT") if moment else text)


def _clips(codes: list[str]) -> list[EvidenceItem]:
    clips = Clip.objects.filter(code__in=codes).select_related("creator").order_by("pk")
    return [
        EvidenceItem(
            f"{clip.code} @{clip.creator.handle}: {clip.caption}", reverse("admin:videos_clip_change", args=[clip.pk])
        )
        for clip in clips
    ]


def _clip(code: str) -> list[EvidenceItem]:
    return _clips([code])


def _creators(ids: list[int]) -> list[EvidenceItem]:
    """Name each with the account that the money goes to: what two people share is best seen side by side."""
    accounts = {account.creator_id: account for account in PayoutAccount.objects.filter(creator__in=ids)}
    named = []
    for creator in Creator.objects.filter(pk__in=ids).order_by("handle"):
        account = accounts.get(creator.pk)
        paid_to = f"{account.holder_name} {account.masked}" if account else _("no payout account")
        named.append(
            EvidenceItem(f"@{creator.handle} ({paid_to})", reverse("admin:creators_creator_change", args=[creator.pk]))
        )
    return named


_NAMING: dict[str, Callable[..., list[EvidenceItem]]] = {
    "minute": _moment,
    "clip": _clip,
    "same_file_as": _clip,
    "clips": _clips,
    "creators": _creators,
}
