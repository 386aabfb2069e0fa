"""Demo campaigns, and the creators who join the first one."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from accounts.picture_rules import PictureRefused
from creators.avatars import set_avatar
from creators.campaigns import publish_terms
from creators.enrolment import EnrolmentRefused, NotAnAdult, become_creator, enrol
from creators.models import Campaign, Creator, Enrolment, Terms
from creators.profiles import HandleTaken
from demo.accounts import get_or_create_user
from demo.catalogue import to_png
from demo.datasets import CAMPAIGNS, CREATORS
from demo.drawing import draw_portrait
from demo.progress import Progress
from demo.records import DemoCampaign, DemoCreator

REFUSALS = (EnrolmentRefused, HandleTaken, NotAnAdult, PictureRefused)


def create_campaigns(*, now: datetime) -> list[Campaign]:
    """Create any missing campaigns with their terms, and return all of them. Existing ones are left unchanged."""
    return [_get_or_create_campaign(campaign, now=now) for campaign in CAMPAIGNS]


def _get_or_create_campaign(record: DemoCampaign, *, now: datetime) -> Campaign:
    with transaction.atomic():
        campaign, is_new = Campaign.objects.get_or_create(
            slug=record.slug,
            defaults={"title": record.title, "brief": record.brief, "clips_cap": record.clips_cap},
        )
        if is_new:
            terms = Terms(
                campaign=campaign,
                fee_minor=record.fee_minor,
                currency="USD",
                clips_per_creator=record.clips_per_creator,
                opens_at=now,
            )
            publish_terms(terms=terms)
            campaign.refresh_from_db()
    return campaign


def enrol_creators(
    campaign: Campaign, handles: Collection[str], progress: Progress, *, now: datetime
) -> dict[str, Enrolment]:
    """Create any of these creators that are missing, enrol all of them, and return the enrolments by handle."""
    enrolments = {}
    for record in CREATORS:
        if record.handle not in handles:
            continue
        try:
            enrolments[record.handle] = _enrol(record, campaign, now=now)
        except REFUSALS as refusal:
            progress.note(f"The creator @{record.handle} did not join: {refusal}")
    return enrolments


def _enrol(record: DemoCreator, campaign: Campaign, *, now: datetime) -> Enrolment:
    """Enrol a creator, created if missing. Raises EnrolmentRefused, HandleTaken, NotAnAdult or PictureRefused."""
    user = get_or_create_user(record.email, now=now)
    creator = Creator.objects.filter(user=user).first()
    if creator is None:
        portrait = to_png(draw_portrait(record))
        with transaction.atomic():
            creator = become_creator(
                user=user,
                handle=record.handle,
                display_name=record.display_name,
                bio=record.bio,
                confirms_adult=True,
                now=now,
            )
            set_avatar(creator=creator, file=portrait)
    version = campaign.terms.version if campaign.terms else 0
    return enrol(creator=creator, campaign=campaign, terms_version=version, now=now)
