"""Campaigns as shown to a viewer, before and after joining."""

from dataclasses import dataclass

from django.http import HttpRequest

from accounts.keys import parse_key
from catalog.models import Category
from creators.models import Campaign, ClipKind, Creator, Enrolment, Terms


@dataclass(frozen=True)
class Offer:
    """A campaign as shown to a viewer. `enrolment` is the viewer's enrolment, if any.

    `categories` has the names of those that its products must be in; it is empty if any product is accepted.
    """

    campaign: Campaign
    enrolment: Enrolment | None
    categories: list[str]

    @property
    def terms(self) -> Terms | None:
        return self.enrolment.terms if self.enrolment else self.campaign.terms

    @property
    def kinds(self) -> list[str]:
        return [str(ClipKind(kind).label) for kind in self.terms.kinds] if self.terms else []

    @property
    def is_full(self) -> bool:
        return self.campaign.free_count <= 0 or (self.enrolment is not None and self.enrolment.free_count <= 0)


def list_offers(campaigns: list[Campaign], creator: Creator | None) -> list[Offer]:
    """Return the campaigns as shown to a creator, or to a viewer who is none, in the same order."""
    by_campaign: dict[int, Enrolment] = {}
    if creator is not None:
        enrolments = Enrolment.objects.filter(creator=creator, campaign__in=campaigns).select_related("terms")
        by_campaign = {enrolment.campaign_id: enrolment for enrolment in enrolments}
    slugs = {slug for campaign in campaigns for slug in campaign.category_slugs}
    names = {category.slug: category.local_name for category in Category.objects.filter(slug__in=slugs)}
    return [
        Offer(
            campaign, by_campaign.get(campaign.pk), [names[slug] for slug in campaign.category_slugs if slug in names]
        )
        for campaign in campaigns
    ]


def accepted_version(request: HttpRequest) -> int:
    """Return the version of the terms that was shown when the viewer accepted them, or 0, which no terms have."""
    return parse_key(request.POST.get("terms_version"))
