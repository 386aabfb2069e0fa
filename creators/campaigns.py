"""Functions that publish new terms for a campaign and change its cap."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.constraints import violated_constraint
from creators.models import Campaign, Terms


class CapTooLow(Exception):
    """A refused cap that is lower than the number of slots already held or earned."""


def publish_terms(*, terms: Terms) -> Terms:
    """Save `terms` as a new version, make it the campaign's current version, and return it."""
    with transaction.atomic():
        campaign = Campaign.objects.select_for_update().get(pk=terms.campaign_id)
        latest = campaign.versions.order_by("-version").first()
        terms.pk = None
        terms.version = latest.version + 1 if latest else 1
        terms.save(force_insert=True)
        Campaign.objects.filter(pk=campaign.pk).update(terms=terms)
    return terms


def change_cap(*, campaign: Campaign, clips_cap: int) -> None:
    """Set the campaign's cap. Raises CapTooLow if more slots than `clips_cap` are already held or earned."""
    try:
        with transaction.atomic():
            Campaign.objects.filter(pk=campaign.pk).update(clips_cap=clips_cap)
    except IntegrityError as error:
        if violated_constraint(error) != "creators_campaign_within_cap":
            raise
        raise CapTooLow(_("The maximum cannot be lower than the number of slots already held or paid.")) from error
