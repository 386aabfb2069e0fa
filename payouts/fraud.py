"""Looking before paying: what is found is held with its evidence, and only a person releases it."""

import json
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.utils.translation import gettext as _

from accounts.models import User
from payouts.models import Hold, HoldKind, PayoutAccount

CLICKS_PER_MINUTE = 30
"""More product clicks than this by one visitor on one creator's clips within a minute are not a person's."""


class ReleaseRefused(Exception):
    """The hold stands; the message says why."""


@dataclass(frozen=True)
class Finding:
    creator_id: int
    kind: HoldKind
    subject: str
    evidence: dict[str, object]


_SAME_TAX_ID = """
SELECT one.creator_id, one.tax_id, jsonb_build_object('creators', jsonb_agg(DISTINCT other.creator_id))
FROM payouts_payoutaccount one JOIN payouts_payoutaccount other ON other.tax_id = one.tax_id
    AND other.creator_id <> one.creator_id
WHERE one.tax_id <> '' GROUP BY 1, 2
"""

_SAME_DEVICE = """
SELECT one.id, click.visitor, jsonb_build_object('creators', jsonb_agg(DISTINCT other.id))
FROM (SELECT DISTINCT user_id, visitor FROM shop_click WHERE user_id IS NOT NULL) click
JOIN creators_creator one ON one.user_id = click.user_id
JOIN (SELECT DISTINCT user_id, visitor FROM shop_click WHERE user_id IS NOT NULL) again
    ON again.visitor = click.visitor AND again.user_id <> click.user_id
JOIN creators_creator other ON other.user_id = again.user_id
GROUP BY 1, 2
"""

_DUPLICATE_CLIPS = """
SELECT later.creator_id, later.code, jsonb_build_object('clip', later.code, 'same_file_as', min(earlier.code),
    'sha256', max(source.sha256))
FROM videos_clip later JOIN videos_source source ON source.id = later.source_id
JOIN videos_source same ON same.sha256 = source.sha256
JOIN videos_clip earlier ON earlier.source_id = same.id AND earlier.id < later.id
JOIN creators_slot paid ON paid.clip_code = later.code AND paid.state = 'earned'
GROUP BY 1, 2
"""

_CLICK_PATTERNS = """
SELECT clip.creator_id, click.visitor || ' ' || to_char(date_trunc('minute', click.clicked_at), 'YYYY-MM-DD HH24:MI'),
    jsonb_build_object('clicks_in_a_minute', count(*), 'visitor', click.visitor,
        'minute', date_trunc('minute', click.clicked_at), 'clips', jsonb_agg(DISTINCT clip.code))
FROM shop_click click JOIN videos_clip clip ON clip.id = click.clip_id
GROUP BY 1, click.visitor, date_trunc('minute', click.clicked_at) HAVING count(*) > %(most)s
"""

QUERIES = {
    HoldKind.SAME_TAX_ID: _SAME_TAX_ID,
    HoldKind.SAME_DEVICE: _SAME_DEVICE,
    HoldKind.DUPLICATE_CLIP: _DUPLICATE_CLIPS,
    HoldKind.CLICK_PATTERN: _CLICK_PATTERNS,
}


def place_holds(*, now: datetime) -> int:
    """Hold the pay of every creator about whom something was found, once for each finding; return how many are new."""
    before = Hold.objects.count()
    Hold.objects.bulk_create(
        [
            Hold(
                creator_id=found.creator_id,
                kind=found.kind,
                subject=found.subject[:80],
                evidence=found.evidence,
                placed_at=now,
            )
            for found in find_suspicious_activity()
        ],
        ignore_conflicts=True,
    )
    return Hold.objects.count() - before


def find_suspicious_activity() -> list[Finding]:
    """Return everything that looks wrong now, released or not."""
    found = _same_accounts()
    for kind, query in QUERIES.items():
        with connection.cursor() as cursor:
            cursor.execute(query, {"most": CLICKS_PER_MINUTE})
            found += [Finding(creator, kind, subject, _json(evidence)) for creator, subject, evidence in cursor]
    return found


def release_hold(*, hold: Hold, released_by: User, reason: str, now: datetime) -> None:
    """Let a creator be paid again. Raises ReleaseRefused without reason, for one's own pay, and the second time."""
    if not reason.strip():
        raise ReleaseRefused(_("Say why it is released."))
    if hold.creator.user_id == released_by.pk:
        raise ReleaseRefused(_("Nobody releases a hold on their own pay."))
    active_holds = Hold.objects.active().filter(pk=hold.pk)
    if active_holds.update(released_at=now, released_by=released_by, release_reason=reason) != 1:
        raise ReleaseRefused(_("This hold was released already."))


def _same_accounts() -> list[Finding]:
    """Compare accounts without their spelling; agencies may be paid for many creators, so only creators count."""
    by_account: dict[str, list[PayoutAccount]] = {}
    for account in PayoutAccount.objects.filter(creator__isnull=False):
        by_account.setdefault(account.fingerprint, []).append(account)
    return [
        Finding(
            account.creator_id,
            HoldKind.SAME_ACCOUNT,
            fingerprint,
            {"creators": [other.creator_id for other in accounts if other.pk != account.pk]},
        )
        for fingerprint, accounts in by_account.items()
        if len(accounts) > 1
        for account in accounts
        if account.creator_id is not None
    ]


def _json(evidence: str | dict[str, object]) -> dict[str, object]:
    """Take JSON as the driver gives it: text, because Django leaves decoding to its fields."""
    value: dict[str, object] = json.loads(evidence) if isinstance(evidence, str) else evidence
    return value
