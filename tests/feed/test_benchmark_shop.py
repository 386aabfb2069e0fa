"""The made-up shop of benchmarks.feed is filled by plain statements: a new column must not break them unseen."""

import pytest
from django.test import Client
from django.utils import timezone

from benchmarks.feed_shop import Size, fill_shop
from feed.events.partitions import make_partitions
from feed.models import Event
from tests.feed.watching import read_feed

pytestmark = pytest.mark.django_db


def test_the_made_up_shop_fills_and_shows_its_clips(client: Client) -> None:
    make_partitions(now=timezone.now())
    fill_shop(Size(clips=40, viewers=10, events=100))
    assert Event.objects.count() == 100
    assert len(read_feed(client)["clips"]) == 8
