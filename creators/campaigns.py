"""Publication of a campaign's terms, and who is on which version."""

from django.db import transaction

from creators.models import Campaign, Terms


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
