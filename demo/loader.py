"""Demo shop loader. It starts with clips and their products, so that the feed can be watched early.

Loading again adds whatever is missing, and does not touch anything that visitors have created or changed.
"""

import time
from collections.abc import Callable, Sequence

from django.utils import timezone

from demo.accounts import create_accounts
from demo.audience import count_audience
from demo.catalogue import create_categories, create_products, create_tax_rates
from demo.clips import Reviewer, is_processing, own_clips, submit_clip
from demo.comments import write_comments
from demo.creators import create_campaigns, enrol_creators
from demo.datasets import CLIPS, PRODUCTS
from demo.members import create_members
from demo.merchants import create_merchant, offer_pickup, place_merchants_order
from demo.orders import place_orders
from demo.parcels import send_parcels
from demo.photo_posts import publish_photo_posts
from demo.progress import Progress
from demo.ratings import rate_products
from demo.records import DemoClip, DemoProduct
from demo.safety import make_appeal, make_notice
from demo.shared_posts import share_posts
from demo.sponsorships import sponsor_clip

PLAYABLE_FROM = 3
"""The feed is worth opening once this many clips are published."""


def count_steps() -> int:
    """Return the number of progress steps for loading into an empty shop."""
    left_waiting = sum(clip.is_left_waiting for clip in CLIPS)
    return len(PRODUCTS) + 2 * len(CLIPS) - left_waiting


def load_demo(
    progress: Progress,
    announce: Callable[[], None],
    *,
    products: Sequence[DemoProduct] = PRODUCTS,
    clips: Sequence[DemoClip] = CLIPS,
    processing_timeout_s: float = 900,
) -> None:
    """Create everything that is missing. `announce` is called once, as soon as the feed is worth opening.

    Clips that are not processed before the timeout are left for moderators to review.
    """
    now = timezone.now()
    users = create_accounts(now=now)
    create_categories()
    create_tax_rates()
    offer_pickup(create_merchant(users["seller"], now=now))
    campaign = create_campaigns(now=now)[0]
    enrolments = enrol_creators(campaign, {clip.creator for clip in clips}, progress, now=now)
    announcement = _Announcement(announce)
    reviewer = Reviewer(users["moderator"], progress)
    missing = {product.slug for product in products}
    for clip in clips:
        create_products(missing.intersection(clip.products), progress)
        missing.difference_update(clip.products)
        if clip.creator in enrolments:
            submit_clip(clip, enrolments[clip.creator], progress)
        reviewer.review_waiting()
        announcement.make_if_playable()
    create_products(missing, progress)
    publish_photo_posts(users["moderator"], progress)
    _review_until_processed(reviewer, announcement, timeout_s=processing_timeout_s)
    announcement.make()
    place_orders(users["shopper"], progress, now=timezone.now())
    rate_products(users["shopper"], now=timezone.now())
    send_parcels(users["shopper"], now=timezone.now())
    create_members(users["shopper"], progress, now=timezone.now())
    place_merchants_order(users["shopper"], progress, now=timezone.now())
    write_comments(progress, now=timezone.now())
    share_posts(users["shopper"], progress, now=timezone.now())
    make_appeal(users["admin"], now=timezone.now())
    make_notice(now=timezone.now())
    count_audience(now=timezone.now())
    sponsor_clip(users["moderator"], progress, now=timezone.now())


def _review_until_processed(reviewer: Reviewer, announcement: "_Announcement", *, timeout_s: float) -> None:
    """Review clips as they become ready, until all are processed or the timeout has passed."""
    deadline = time.monotonic() + timeout_s
    while is_processing() and time.monotonic() < deadline:
        reviewer.review_waiting()
        announcement.make_if_playable()
        time.sleep(1)
    reviewer.review_waiting()


class _Announcement:
    """An announcement that is made at most once, by calling a callback."""

    def __init__(self, callback: Callable[[], None]) -> None:
        self.callback: Callable[[], None] | None = callback

    def make(self) -> None:
        callback, self.callback = self.callback, None
        if callback is not None:
            callback()

    def make_if_playable(self) -> None:
        if self.callback is not None and own_clips().published().count() >= PLAYABLE_FROM:
            self.make()
