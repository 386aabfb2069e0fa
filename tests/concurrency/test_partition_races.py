"""Events that arrive while their partition is created, and readers that hold the event table."""

import threading
from collections.abc import Iterator
from importlib import import_module

import psycopg
import pytest
from django.db import Error, IntegrityError, connection

from feed.events.partitions import create_partitions, maintain_partitions
from feed.models import Event
from tests.concurrency.crowd import wait_until
from tests.feed.test_partitions import NEW_YEAR, like, partitions

pytestmark = pytest.mark.django_db(transaction=True)
CREATE_FUNCTION: str = import_module("feed.migrations.0002_event_partitions").CREATE_FUNCTION
REPLACE = CREATE_FUNCTION.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
LOCK = "LOCK TABLE feed_event IN ACCESS EXCLUSIVE MODE;"
PAUSE = "PERFORM pg_sleep(3); "
ATTACH = "EXECUTE format('ALTER TABLE"


@pytest.fixture(autouse=True)
def restored_partitions() -> Iterator[None]:
    """Undo what the tests commit: the table of events is not one of Django's."""
    yield
    execute(REPLACE)
    execute("DELETE FROM feed_event")
    for name in partitions():
        if name.startswith("feed_event_2031"):
            execute(f"DROP TABLE {name}")


def execute(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def is_somebody_pausing() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'")
        return bool(cursor.fetchone()[0])


def like_from_another_connection(failures: list[Error]) -> threading.Thread:
    """Record an event from a thread, as soon as the partition's rows are moved: `PAUSE` follows."""

    def record() -> None:
        try:
            wait_until(is_somebody_pausing)
            like(NEW_YEAR)
        except Error as failure:
            failures.append(failure)
        finally:
            connection.close()

    thread = threading.Thread(target=record)
    thread.start()
    return thread


def test_event_between_moving_and_attaching_waits_for_its_partition() -> None:
    execute(REPLACE.replace(ATTACH, PAUSE + ATTACH))
    like(NEW_YEAR)
    failures: list[Error] = []
    thread = like_from_another_connection(failures)
    with connection.cursor() as cursor:
        cursor.execute("SELECT feed_add_partition(%s)", [NEW_YEAR.date()])
    thread.join()
    assert failures == []
    assert (partitions()["feed_event_2031_01"], partitions()["feed_event_other"]) == (2, 0)


def test_event_between_moving_and_attaching_makes_it_fail_without_the_lock() -> None:
    assert LOCK in REPLACE
    execute(REPLACE.replace(LOCK, "").replace(ATTACH, PAUSE + ATTACH))
    like(NEW_YEAR)
    thread = like_from_another_connection([])
    with pytest.raises(IntegrityError), connection.cursor() as cursor:
        cursor.execute("SELECT feed_add_partition(%s)", [NEW_YEAR.date()])
    thread.join()


def test_table_that_a_reader_holds_delays_the_repair_and_loses_nothing(caplog: pytest.LogCaptureFixture) -> None:
    like(NEW_YEAR)
    execute("ALTER FUNCTION feed_add_partition SET lock_timeout = '100ms'")
    with psycopg.connect(_conninfo()) as reader:
        reader.execute("SELECT count(*) FROM feed_event")
        maintain_partitions(now=NEW_YEAR)
        assert "Event partition not changed" in caplog.text
        assert partitions()["feed_event_other"] == 1
    create_partitions(now=NEW_YEAR)
    assert (partitions()["feed_event_2031_01"], partitions()["feed_event_other"]) == (1, 0)
    assert Event.objects.count() == 1


def _conninfo() -> str:
    server = connection.settings_dict
    return psycopg.conninfo.make_conninfo(
        host=server["HOST"],
        port=server["PORT"],
        user=server["USER"],
        password=server["PASSWORD"],
        dbname=server["NAME"],
    )
