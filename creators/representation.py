"""Functions that offer, accept and end an agency's share of a creator's pay.

Only the creator can accept an offer or end a share.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from catalog.money import share_rounded_down
from creators.models import Agency, Creator, Representation


class RepresentationRefused(Exception):
    """A refusal to accept an agency's offer. The message is shown to the creator."""


def agency_part(amount_minor: int, share_bps: int) -> int:
    """Return the agency's part of what a creator earns. It is rounded down, in the creator's favour."""
    return share_rounded_down(amount_minor, share_bps)


def offer_representation(*, agency: Agency, creator: Creator, share_bps: int, now: datetime) -> Representation:
    """Save and return an agency's offer to represent a creator. The agency's earlier offer, if open, is withdrawn."""
    with transaction.atomic():
        Creator.objects.select_for_update().get(pk=creator.pk)
        versions = Representation.objects.filter(agency=agency, creator=creator)
        latest = versions.aggregate(latest=Max("version"))["latest"] or 0
        versions.offered().delete()
        return Representation.objects.create(
            agency=agency, creator=creator, version=latest + 1, share_bps=share_bps, offered_at=now
        )


def accept_representation(*, representation: Representation, now: datetime) -> Representation:
    """Accept an agency's offer and return it. An earlier share of the same agency ends now.

    The new share starts now or, if the creator has given notice to another agency, when that notice period ends.

    Raises RepresentationRefused if the offer was withdrawn or already accepted, or if another agency has a share and
    has not been given notice.
    """
    with transaction.atomic():
        Creator.objects.select_for_update().get(pk=representation.creator_id)
        offer = Representation.objects.select_for_update().filter(pk=representation.pk).first()
        if offer is None or offer.accepted_at is not None:
            raise RepresentationRefused(_("This offer is no longer available."))
        others = Representation.objects.filter(creator=offer.creator_id, accepted_at__isnull=False)
        current = others.filter(ends_at=None).first()
        if current is not None and current.agency_id != offer.agency_id:
            raise RepresentationRefused(_("End the share of your current agency first."))
        if current is not None:
            Representation.objects.filter(pk=current.pk).update(ends_at=now)
        last_end = others.aggregate(end=Max("ends_at"))["end"]
        offer.accepted_at = now
        offer.starts_at = max(now, last_end) if last_end else now
        offer.save(update_fields=["accepted_at", "starts_at"])
    return offer


def give_notice(*, representation: Representation, now: datetime) -> bool:
    """Give notice to an agency. Its share ends after the notice period.

    Return False if the share was never accepted, has ended, or is already under notice.
    """
    ends_at = now + timedelta(days=representation.agency.notice_days)
    current = Representation.objects.filter(pk=representation.pk, accepted_at__isnull=False, ends_at=None)
    return current.update(notice_at=now, ends_at=ends_at) == 1
