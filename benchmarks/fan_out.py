"""What it costs to tell 100,000 followers of a post: `make bench-fan_out`.

Write-time fan-out stores a row for each follower once; read-time fan-out looks for new posts of followed people on each
page that shows the bell. Both run in the same process, on the same database.
"""

import statistics
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial

from benchmarks.figures import Figure, at_most, info, report
from benchmarks.throwaway import throwaway_site

FOLLOWERS = 100_000
FOLLOWED = 5_000
"""How many profiles the busiest reader follows."""
CALLS = 30
_PEOPLE = """
    INSERT INTO accounts_user (email, password, is_superuser, is_staff, is_active, first_name, last_name, language,
                               has_bought, session_epoch, date_joined)
    SELECT 'person' || number || '@example.com', '', false, false, true, '', '', '', false, 0, now()
    FROM generate_series(1, %s) AS number
"""
_PROFILES = """
    INSERT INTO creators_creator (user_id, handle, display_name, bio, avatar_stem, joined_at)
    SELECT id, 'person' || id, 'Person', '', '', now() FROM accounts_user ORDER BY id LIMIT %s
"""
_FOLLOWERS = """
    INSERT INTO social_follow (user_id, creator_id, created_at)
    SELECT id, %s, now() FROM accounts_user WHERE id <> %s
"""
_FOLLOWED = """
    INSERT INTO social_follow (user_id, creator_id, created_at)
    SELECT %s, id, now() FROM creators_creator WHERE user_id <> %s ON CONFLICT DO NOTHING
"""


def main() -> None:
    with throwaway_site():
        figures = measure()
    sys.exit(0 if report(figures, "fan_out") else 1)


def measure() -> list[Figure]:
    from django.db import connection
    from django.utils import timezone

    from accounts.models import User
    from creators.models import Creator
    from feed.models import Viewer
    from social.following import read_following
    from social.models import Notification
    from social.notifications.lists import count_unread, read_page
    from social.notifications.sources import announce_posts
    from videos.models import Clip
    from videos.states import ClipState

    with connection.cursor() as cursor:
        cursor.execute(_PEOPLE, [FOLLOWERS])
        cursor.execute(_PROFILES, [FOLLOWED])
        author = Creator.objects.earliest("pk")
        cursor.execute(_FOLLOWERS, [author.pk, author.user_id])
        reader = User.objects.latest("pk")
        cursor.execute(_FOLLOWED, [reader.pk, reader.pk])
        cursor.execute("ANALYZE")
    now = timezone.now()
    profiles = Creator.objects.all()
    earlier = now - timedelta(days=2)  # only one of the posts is news
    times = {author.pk: now}
    posts = [
        Clip(creator=each, code=f"clip{each.pk}", state=ClipState.PUBLISHED, published_at=times.get(each.pk, earlier))
        for each in profiles
    ]
    Clip.objects.bulk_create(posts)
    started = time.perf_counter()
    row_count = announce_posts(now=now)
    write_s = time.perf_counter() - started
    assert Notification.objects.count() == row_count == FOLLOWERS - 1
    viewer, other = Viewer(user=reader), User.objects.order_by("-pk")[1]
    number_ms, page_ms = median_ms(partial(count_unread, other)), median_ms(partial(read_page, other))
    read_ms = median_ms(partial(read_following, viewer, reader=reader))
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_total_relation_size('social_notification')")
        row_bytes = cursor.fetchone()[0] / row_count
    return [
        at_most("write-time: seconds for 100,000 followers", write_s * FOLLOWERS / row_count, 30, unit="s"),
        info("write-time: bytes for each row, with its indexes", row_bytes, unit="bytes"),
        info("write-time: the bell of a follower", number_ms, unit="ms"),
        info("write-time: the first page of the list", page_ms, unit="ms"),
        info("read-time: new posts of 5,000 followed people", read_ms, unit="ms"),
        at_most("bell ÷ read-time look", number_ms / read_ms, 1),
    ]


def median_ms(call: Callable[[], object]) -> float:
    times = []
    for _number in range(CALLS):
        started = time.perf_counter()
        call()
        times.append((time.perf_counter() - started) * 1000)
    return statistics.median(times)


if __name__ == "__main__":
    main()
