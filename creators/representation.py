"""An agency's share: offered in versions, in force only when the creator accepts, ended by the creator with notice."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from catalog.money import share_rounded_down
from creators.models import Agency, Creator, Representation


class RepresentationRefused(Exception):
    """Nothing changed; the message says why."""


def agency_part(amount_minor: int, share_bps: int) -> int:
    """Return the agency's part of a creator's pay, rounded down: a cent that cannot be divided is the creator's."""
    return share_rounded_down(amount_minor, share_bps)


def offer_representation(*, agency: Agency, creator: Creator, share_bps: int, now: datetime) -> Representation:
    """Offer a share, as the next version between the two; an earlier offer that nobody accepted is withdrawn."""
    with transaction.atomic():
        Creator.objects.select_for_update().get(pk=creator.pk)
        between = Representation.objects.filter(agency=agency, creator=creator)
        latest = between.aggregate(latest=Max("version"))["latest"] or 0
        between.offered().delete()
        return Representation.objects.create(
            agency=agency, creator=creator, version=latest + 1, share_bps=share_bps, offered_at=now
        )


def accept_representation(*, representation: Representation, now: datetime) -> Representation:
    """Put an offer into force: at once, or when the notice of the earlier one ends. Raises RepresentationRefused."""
    with transaction.atomic():
        Creator.objects.select_for_update().get(pk=representation.creator_id)
        offer = Representation.objects.select_for_update().filter(pk=representation.pk).first()
        if offer is None or offer.accepted_at is not None:
            raise RepresentationRefused(_("This offer does not stand any more."))
        others = Representation.objects.filter(creator=offer.creator_id, accepted_at__isnull=False)
        standing = others.filter(ends_at=None).first()
        if standing is not None and standing.agency_id != offer.agency_id:
            raise RepresentationRefused(_("End the contract with your present agency first."))
        if standing is not None:
            Representation.objects.filter(pk=standing.pk).update(ends_at=now)
        last_end = others.aggregate(end=Max("ends_at"))["end"]
        offer.accepted_at = now
        offer.starts_at = max(now, last_end) if last_end else now
        offer.save(update_fields=["accepted_at", "starts_at"])
    return offer


def give_notice(*, representation: Representation, now: datetime) -> bool:
    """End the share after the agency's days of notice; False when notice was given before."""
    ends_at = now + timedelta(days=representation.agency.notice_days)
    standing = Representation.objects.filter(pk=representation.pk, accepted_at__isnull=False, ends_at=None)
    return standing.update(notice_at=now, ends_at=ends_at) == 1
