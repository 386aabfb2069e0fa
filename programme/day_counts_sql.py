"""SQL that counts one day of all posts."""

from programme.suppression import IS_ENOUGH, PEOPLE

ACTIONS = """
    SELECT event.clip_id, event.viewer, (event.served_at AT TIME ZONE %(zone)s)::date AS day,
           CASE event.kind WHEN %(impression)s THEN %(measure_views)s WHEN %(like)s THEN %(measure_likes)s
               WHEN %(save)s THEN %(measure_saves)s WHEN %(share)s THEN %(measure_shares)s
               ELSE %(measure_product_opens)s END AS measure
    FROM feed_event event
    WHERE event.served_at >= %(start)s AND event.served_at < %(end)s AND event.clip_id <> 0 AND event.value > 0
      AND event.kind IN (%(impression)s, %(like)s, %(save)s, %(share)s, %(product_open)s)
      AND NOT EXISTS (
          SELECT FROM feed_event undone WHERE undone.viewer = event.viewer AND undone.clip_id = event.clip_id
             AND undone.kind = event.kind AND undone.kind IN (%(like)s, %(save)s) AND undone.value = 0
             AND undone.served_at > event.served_at AND undone.served_at < %(end)s)
"""
"""What viewers did with posts, unless they undid it. Robots are left out before events are stored."""

FOLLOWS = """
    SELECT shown.clip_id, follow.viewer, (follow.served_at AT TIME ZONE %(zone)s)::date, %(measure_follows)s
    FROM feed_event follow JOIN LATERAL (
        SELECT event.clip_id FROM feed_event event
        JOIN videos_clip clip ON clip.id = event.clip_id AND clip.creator_id = follow.subject_id
        WHERE event.viewer = follow.viewer AND event.kind = %(impression)s AND event.served_at <= follow.served_at
          AND event.served_at > follow.served_at - interval '2 days'
        ORDER BY event.served_at DESC LIMIT 1
    ) shown ON true
    WHERE follow.served_at >= %(start)s AND follow.served_at < %(end)s AND follow.kind = %(follow)s AND follow.value > 0
"""
"""Follows, with the creator's post that the viewer was shown last in the two days before."""

WATCHES = """
    SELECT event.clip_id, event.viewer, (event.served_at AT TIME ZONE %(zone)s)::date,
           %(first_bucket)s + CASE WHEN max(event.loops) > 0 THEN %(buckets)s - 1
               ELSE least(%(buckets)s - 1, %(buckets)s * max(event.value)::bigint / source.duration_ms) END
    FROM feed_event event JOIN videos_clip clip ON clip.id = event.clip_id
    JOIN videos_source source ON source.id = clip.source_id AND source.duration_ms > 0
    WHERE event.served_at >= %(start)s AND event.served_at < %(end)s AND event.kind = %(watch)s AND event.value > 0
    GROUP BY event.clip_id, event.viewer, 3, source.duration_ms
"""
"""How much of a film a viewer saw on a day at most, as the part of it in which they left."""

COMMENTS = """
    SELECT comment.clip_id, md5('author ' || comment.author_id)::uuid, (comment.created_at AT TIME ZONE %(zone)s)::date,
           %(measure_comments)s
    FROM social_comment comment JOIN videos_clip clip ON clip.id = comment.clip_id AND clip.creator_id <> comment.author_id
    WHERE comment.created_at >= %(start)s AND comment.created_at < %(end)s
      AND comment.state = 'visible' AND NOT comment.is_author_hidden AND comment.deleted_at IS NULL
"""
"""Visible comments of others. An author stands for a viewer of their own."""

COUNT_AUDIENCE = f"""
WITH action AS ({ACTIONS} UNION ALL {FOLLOWS} UNION ALL {WATCHES} UNION ALL {COMMENTS}),
last_count AS (
    SELECT clip_id, measure, max("on") AS "on" FROM programme_audiencecount
    WHERE "on" >= %(first_day)s GROUP BY clip_id, measure
), waiting AS (
    SELECT DISTINCT action.clip_id, action.measure, action.viewer, viewer.network
    FROM action JOIN videos_clip clip ON clip.id = action.clip_id
    JOIN creators_creator creator ON creator.id = clip.creator_id
    LEFT JOIN feed_viewer viewer ON viewer.key = action.viewer
    LEFT JOIN last_count ON last_count.clip_id = action.clip_id AND last_count.measure = action.measure
    WHERE (last_count."on" IS NULL OR action.day > last_count."on")
      AND coalesce(viewer.user_id <> creator.user_id, true)
), person AS (
    SELECT viewer, CASE WHEN network > '' AND NOT (
            SELECT count(DISTINCT served_at::date) >= %(known_after_days)s OR bool_or(kind = %(purchase)s AND value > 0)
            FROM feed_event seen
            WHERE seen.viewer = everybody.viewer AND served_at >= %(start)s AND served_at < %(end)s
        ) THEN network ELSE viewer::text END AS name
    FROM (SELECT DISTINCT viewer, network FROM waiting) everybody
), counted AS (
    SELECT clip_id, measure, person.name, count(*) AS members
    FROM waiting JOIN person ON person.viewer = waiting.viewer GROUP BY 1, 2, 3
)
INSERT INTO programme_audiencecount (clip_id, "on", measure, people)
SELECT clip_id, %(day)s, measure, {PEOPLE} FROM counted GROUP BY clip_id, measure HAVING {IS_ENOUGH}
ORDER BY clip_id, measure
"""  # noqa: S608  # constants
"""Count the people of each post and measure who have done something since its last count, if they are enough."""

COUNT_SALES = f"""
WITH last_count AS (
    SELECT clip_id, merchant_id, max("on") AS "on" FROM programme_salescount
    WHERE "on" >= %(first_day)s GROUP BY clip_id, merchant_id
), buyer AS (
    SELECT line.clip_id, line.merchant_id, coalesce('user ' || placed.user_id, lower(placed.email)) AS name,
           count(DISTINCT placed.id) AS orders, sum(line.amount_minor) AS sold_minor,
           sum(line.commission_minor - line.agency_minor) AS commission_minor
    FROM shop_order placed JOIN shop_orderline line ON line.order_id = placed.id
    JOIN creators_creator creator ON creator.id = line.creator_id
    LEFT JOIN last_count ON last_count.clip_id = line.clip_id AND last_count.merchant_id = line.merchant_id
    WHERE placed.paid_at >= %(start)s AND placed.paid_at < %(end)s AND placed.state = ANY(%(paid)s)
      AND placed.currency = %(currency)s AND line.clip_id IS NOT NULL AND line.unpaid_reason = ''
      AND line.refunded_quantity < line.quantity AND coalesce(placed.user_id <> creator.user_id, true)
      AND (last_count."on" IS NULL OR (placed.paid_at AT TIME ZONE %(zone)s)::date > last_count."on")
    GROUP BY 1, 2, 3
)
INSERT INTO programme_salescount (clip_id, merchant_id, "on", people, orders, currency, sold_minor, commission_minor)
SELECT clip_id, merchant_id, %(day)s, count(*), sum(orders), %(currency)s, sum(sold_minor), sum(commission_minor)
FROM buyer GROUP BY clip_id, merchant_id HAVING {IS_ENOUGH} ORDER BY clip_id, merchant_id
"""  # noqa: S608  # constants
"""Count what was bought through each post from each merchant since their last count, if enough people bought something.

Orders that a reader of the feed could not have made count for nothing: the creator's own, and those of related buyers.
"""
