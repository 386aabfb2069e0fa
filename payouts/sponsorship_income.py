"""The part of the tally that books what sponsors spent: one posting for each sponsored place and day that is over.

Fractions of a minor unit are carried on to the next day, so that the postings of a place add up to what was spent.
"""

from datetime import date, datetime, timedelta

from django.db import connection
from django.utils import timezone

from payouts.ledger import PostingDraft, book_posting, get_account
from payouts.models import AccountKind, PostingKind

LOOK_BACK = timedelta(days=40)

SPENT_BY_DAY = """
    SELECT place.id AS place_id, place.currency, by_day.day,
        'sponsored-' || place.id || '-' || to_char(by_day.day, 'YYYYMMDD') AS key,
        (by_day.total / 1000 - (by_day.total - by_day.spent_milli) / 1000)::bigint AS amount_minor
    FROM (SELECT place_id, day, spent_milli, sum(spent_milli) OVER (PARTITION BY place_id ORDER BY day)::bigint AS total
          FROM feed_sponsoredday) by_day
    JOIN feed_sponsoredplace place ON place.id = by_day.place_id
"""
_DUE = f"""
    SELECT spent.currency, spent.day, spent.key, spent.amount_minor FROM ({SPENT_BY_DAY}
        WHERE place.last_shown_at > %(since)s) spent
    WHERE spent.day < %(today)s AND spent.amount_minor > 0
      AND NOT EXISTS (SELECT FROM payouts_posting done WHERE done.key = spent.key)
    ORDER BY spent.day, spent.key LIMIT 500
"""  # noqa: S608  # constants of this module

SPONSORSHIP_CHECKS = (
    (
        "a sponsored place's spending is the sum of its days",
        """SELECT 'place ' || place.id, place.spent_milli::text, coalesce(sum(day.spent_milli), 0)::text
        FROM feed_sponsoredplace place LEFT JOIN feed_sponsoredday day ON day.place_id = place.id
        GROUP BY place.id HAVING place.spent_milli <> coalesce(sum(day.spent_milli), 0)""",
    ),
    (
        "booked income of sponsorships is what was spent on the day",
        f"""SELECT posting.key, posting.gross_minor::text, coalesce(spent.amount_minor, 0)::text
        FROM payouts_posting posting LEFT JOIN ({SPENT_BY_DAY}) spent ON spent.key = posting.key
        WHERE posting.kind = 'sponsored' AND posting.gross_minor IS DISTINCT FROM spent.amount_minor""",  # noqa: S608
    ),
    (
        "a prepayment's refunded amount is the sum of its refunds",
        """SELECT prepaid.code, prepaid.refunded_minor::text, coalesce(sum(refund.amount_minor), 0)::text
        FROM shop_prepayment prepaid LEFT JOIN shop_refund refund ON refund.prepayment_id = prepaid.id
        GROUP BY prepaid.id HAVING prepaid.refunded_minor <> coalesce(sum(refund.amount_minor), 0)""",
    ),
)


def book_sponsorships(now: datetime) -> int:
    """Book what sponsors spent on days that are over in the shop's time zone. Return how many postings were due."""
    with connection.cursor() as cursor:
        cursor.execute(_DUE, {"today": timezone.localdate(now), "since": now - LOOK_BACK})
        due: list[tuple[str, date, str, int]] = cursor.fetchall()
    for currency, _day, key, amount_minor in due:
        prepaid = get_account(AccountKind.PREPAID, currency)
        income = get_account(AccountKind.SPONSORED, currency)
        draft = PostingDraft(
            key=key,
            kind=PostingKind.SPONSORED,
            currency=currency,
            gross_minor=amount_minor,
            amounts={prepaid: -amount_minor, income: amount_minor},
            occurred_at=now,
        )
        book_posting(draft, now=now)
    return len(due)
