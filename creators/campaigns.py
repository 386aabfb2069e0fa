"""Publishing terms and moving caps."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.constraints import violated_constraint
from creators.models import Campaign, Terms


class CapTooLow(Exception):
    """A cap cannot go below what is held or earned."""


def publish_terms(*, terms: Terms) -> Terms:
    """Save `terms` as the next version of their campaign and make them current."""
    with transaction.atomic():
        campaign = Campaign.objects.select_for_update().get(pk=terms.campaign_id)
        latest = campaign.versions.order_by("-version").first()
        terms.pk = None
        terms.version = latest.version + 1 if latest else 1
        terms.save(force_insert=True)
        Campaign.objects.filter(pk=campaign.pk).update(terms=terms)
    return terms


def change_cap(*, campaign: Campaign, clips_cap: int) -> None:
    """Move the campaign's cap; the database refuses one below what is held or earned. Raises CapTooLow."""
    try:
        with transaction.atomic():
            Campaign.objects.filter(pk=campaign.pk).update(clips_cap=clips_cap)
    except IntegrityError as error:
        if violated_constraint(error) != "creators_campaign_within_cap":
            raise
        raise CapTooLow(_("More clips than that are already held or paid.")) from error
