"""The shop of benchmarks.feed is filled by plain SQL, which a new column must not break unnoticed."""

import pytest
from django.test import Client
from django.utils import timezone

from benchmarks.feed_shop import ShopSize, fill_shop
from feed.events.partitions import create_partitions
from feed.models import Event
from tests.feed.watching import read_feed

pytestmark = pytest.mark.django_db


def test_the_made_up_shop_fills_and_shows_its_clips(client: Client) -> None:
    create_partitions(now=timezone.now())
    fill_shop(ShopSize(clips=40, viewers=10, events=100))
    assert Event.objects.count() == 100
    assert len(read_feed(client)["clips"]) == 8
