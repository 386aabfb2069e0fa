"""Events always find a partition, stray events are moved, and old months are dropped."""

import uuid
from datetime import UTC, datetime, timedelta
from importlib import import_module
from typing import Any

import pytest
from django.db import connection

from feed.events.partitions import drop_old_partitions, maintain_partitions
from feed.events.recording import record_mark
from feed.models import Event, EventKind

pytestmark = pytest.mark.django_db
NEW_YEAR = datetime(2031, 1, 1, 2, 41, tzinfo=UTC)
"""In a year for which the migration has made no partitions."""


def like(at: datetime) -> None:
    record_mark(viewer=uuid.uuid4(), kind=EventKind.LIKE, clip_id=1, is_on=True, now=at)


def partitions() -> dict[str, int]:
    """Return the number of events in each partition."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'feed_event'::regclass")
        names = sorted(name for (name,) in cursor.fetchall())
        counts = {}
        for name in names:
            cursor.execute(f"SELECT count(*) FROM {name}")  # noqa: S608  # a name from the catalogue
            counts[name] = cursor.fetchone()[0]
    return counts


def test_first_event_finds_the_partition_of_its_month() -> None:
    like(datetime.now(UTC))
    assert partitions()["feed_event_other"] == 0
    assert partitions()[f"feed_event_{datetime.now(UTC):%Y_%m}"] == 1


def test_events_before_the_first_night_are_moved_to_their_partitions() -> None:
    for days in (0, 40, 41):
        like(NEW_YEAR - timedelta(days=days))
    assert partitions()["feed_event_other"] == 3
    maintain_partitions(now=NEW_YEAR)
    expected = {"feed_event_2030_11": 2, "feed_event_2031_01": 1, "feed_event_2031_04": 0, "feed_event_other": 0}
    assert {name: count for name, count in partitions().items() if name in expected} == expected
    assert Event.objects.count() == 3


def test_moved_event_can_still_be_changed() -> None:
    viewer = uuid.uuid4()
    for is_on in (True, False):
        record_mark(viewer=viewer, kind=EventKind.LIKE, clip_id=1, is_on=is_on, now=NEW_YEAR)
        maintain_partitions(now=NEW_YEAR)
    assert Event.objects.get().value == 0


def test_migration_repairs_a_shop_with_stray_events() -> None:
    like(NEW_YEAR)
    migration = import_module("feed.migrations.0002_event_partitions")
    with connection.cursor() as cursor:
        cursor.execute(migration.CREATE_PARTITIONS)
    assert (partitions()["feed_event_2031_01"], partitions()["feed_event_other"]) == (1, 0)


def test_a_year_of_nights_keeps_the_promised_months_and_no_stray_events(settings: Any) -> None:
    settings.FEED_KEEP_MONTHS = 3
    like(NEW_YEAR - timedelta(hours=5))
    for day in range(366):
        night = NEW_YEAR + timedelta(days=day)
        maintain_partitions(now=night)
        like(night)
        like(night + timedelta(hours=20))
        assert partitions()["feed_event_other"] == 0, night
    kept = [name for name in partitions() if name != "feed_event_other"]
    assert kept == [
        f"feed_event_{month}" for month in ("2031_10", "2031_11", "2031_12", "2032_01", "2032_02", "2032_03", "2032_04")
    ]
    assert Event.objects.count() == 2 * (31 + 30 + 31 + 1)


def test_night_that_was_missed_for_months_is_made_up_for() -> None:
    maintain_partitions(now=NEW_YEAR)
    like(NEW_YEAR + timedelta(days=200))
    assert partitions()["feed_event_other"] == 1
    maintain_partitions(now=NEW_YEAR + timedelta(days=230))
    assert (partitions()["feed_event_2031_07"], partitions()["feed_event_other"]) == (1, 0)


def test_keeping_longer_drops_nothing(settings: Any) -> None:
    maintain_partitions(now=NEW_YEAR)
    settings.FEED_KEEP_MONTHS = 600
    assert drop_old_partitions(now=NEW_YEAR) == []
    assert "feed_event_2031_01" in partitions()
