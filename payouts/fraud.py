"""Fraud checks. Each finding puts the creator's pay on hold until staff release it."""

import json
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import User
from payouts.encryption import fingerprints_of, normalize
from payouts.models import Hold, HoldKind, PayoutAccount
from shop.commission_holds import assess_pending
from shop.models import SignalKind
from shop.related_buyers import Signal

CLICKS_PER_MINUTE = 30
"""The maximum number of product clicks that a person can make in a minute. A visitor with more is probably a script."""


class ReleaseRefused(Exception):
    """A refused release of a hold. The message says why."""


@dataclass(frozen=True)
class Finding:
    """A suspicion about one creator, with the evidence for it.

    The creator, the kind and the subject together identify a finding, so that the same finding never causes a second
    hold.
    """

    creator_id: int
    kind: HoldKind
    subject: str
    evidence: dict[str, object]


_SAME_DEVICE = """
SELECT creator.id, click.visitor, jsonb_build_object('creators', jsonb_agg(DISTINCT other.id))
FROM (SELECT DISTINCT user_id, visitor FROM shop_click WHERE user_id IS NOT NULL) click
JOIN creators_creator creator ON creator.user_id = click.user_id
JOIN (SELECT DISTINCT user_id, visitor FROM shop_click WHERE user_id IS NOT NULL) again
    ON again.visitor = click.visitor AND again.user_id <> click.user_id
JOIN creators_creator other ON other.user_id = again.user_id
WHERE click.visitor <> ''
GROUP BY 1, 2
"""

_DUPLICATE_CLIPS = """
WITH paid AS (
    SELECT clip.creator_id, clip.code, source.sha256, slot.settled_at, slot.id AS slot_id
    FROM creators_slot slot JOIN videos_clip clip ON clip.code = slot.clip_code
    JOIN videos_decision decision ON decision.clip_id = clip.id AND decision.action = 'approve'
        AND decision.undone_at IS NULL
    JOIN videos_revision revision ON revision.id = decision.revision_id
    JOIN videos_source source ON source.id = revision.source_id
    WHERE slot.state = 'earned'
)
SELECT later.creator_id, later.code, jsonb_build_object('clip', later.code, 'same_file_as', min(earlier.code),
    'sha256', max(later.sha256))
FROM paid later JOIN paid earlier ON earlier.sha256 = later.sha256 AND earlier.code <> later.code
    AND (earlier.settled_at, earlier.slot_id) < (later.settled_at, later.slot_id)
GROUP BY 1, 2
"""
"""Clips that earned a slot with a file with which another clip had earned one before, whatever file they have now."""

_SCRIPTED_LINES = """
SELECT line.id, to_char(click.clicked_at, 'YYYY-MM-DD HH24:MI')
FROM shop_orderline line JOIN shop_click click ON click.id = line.click_id
WHERE line.creator_id IS NOT NULL AND line.payable_at > %(now)s AND line.commission_minor > 0 AND click.visitor <> ''
    AND %(most)s < (
        SELECT count(*) FROM shop_click other
        WHERE other.visitor = click.visitor AND other.clicked_at >= date_trunc('minute', click.clicked_at)
            AND other.clicked_at < date_trunc('minute', click.clicked_at) + interval '1 minute'
    )
"""

QUERIES = {
    HoldKind.SAME_DEVICE: _SAME_DEVICE,
    HoldKind.DUPLICATE_CLIP: _DUPLICATE_CLIPS,
}


def place_holds(*, now: datetime) -> int:
    """Run the fraud checks and place a hold for each new finding. Return the number of new holds."""
    hold_scripted_commissions(now=now)
    before = Hold.objects.count()
    Hold.objects.bulk_create(
        [
            Hold(
                creator_id=finding.creator_id,
                kind=finding.kind,
                subject=finding.subject[:80],
                evidence=finding.evidence,
                placed_at=now,
            )
            for finding in find_suspicious_activity()
        ],
        ignore_conflicts=True,
    )
    return Hold.objects.count() - before


def hold_scripted_commissions(*, now: datetime) -> None:
    """Hold the commissions of purchases among more clicks of one visitor in a minute than a person can make.

    Clicks alone cost nothing, so they hold nobody's pay: a rival could send them.
    """
    with connection.cursor() as cursor:
        cursor.execute(_SCRIPTED_LINES, {"now": now, "most": CLICKS_PER_MINUTE})
        signals = [Signal(line_id, SignalKind.CLICKS, "", minute) for line_id, minute in cursor]
    if signals:
        assess_pending(lines=Q(pk__in=[signal.line_id for signal in signals]), now=now, more=signals)


def find_suspicious_activity() -> list[Finding]:
    """Run the fraud checks and return all findings, even those that already led to a hold."""
    findings = _find_shared_details()
    for kind, query in QUERIES.items():
        with connection.cursor() as cursor:
            cursor.execute(query)
            findings += [
                Finding(creator, kind, subject, _decode_json(evidence)) for creator, subject, evidence in cursor
            ]
    return findings


def release_hold(*, hold: Hold, released_by: User, reason: str, now: datetime) -> None:
    """Release a hold.

    Raises ReleaseRefused if the reason is empty, if the hold is already released, or if `released_by` is the creator on
    hold.
    """
    if not reason.strip():
        raise ReleaseRefused(_("Enter a reason for the release."))
    if hold.creator.user_id == released_by.pk:
        raise ReleaseRefused(_("You can't release a hold on your own pay."))
    active_holds = Hold.objects.active().filter(pk=hold.pk)
    if active_holds.update(released_at=now, released_by=released_by, release_reason=reason) != 1:
        raise ReleaseRefused(_("This hold has already been released."))


def _find_shared_details() -> list[Finding]:
    """Return a finding for each creator whose payout account or tax ID was another creator's before.

    The first one stays free: anybody can type somebody's number. Agencies' accounts are not compared, because many
    creators may share an agency. The values are compared decrypted, so that it does not matter which keys encrypted them.
    """
    accounts = [account for account in PayoutAccount.objects.filter(creator__isnull=False) if account.is_readable]
    findings = []
    for kind, name in ((HoldKind.SAME_ACCOUNT, "number"), (HoldKind.SAME_TAX_ID, "tax_id")):
        groups: dict[str, list[PayoutAccount]] = {}
        for account in accounts:
            if plain := normalize(getattr(account, name)):
                groups.setdefault(plain, []).append(account)
        for plain, shared in groups.items():
            if len(shared) > 1:
                findings += _compare_shared(kind, _find_subject(kind, plain), shared)
    return findings


def _compare_shared(kind: HoldKind, subject: str, shared: list[PayoutAccount]) -> list[Finding]:
    """Return findings about all who share a detail, but for the one who had it first and was not held for it."""
    held = set(Hold.objects.filter(kind=kind, subject=subject).values_list("creator", flat=True))
    in_order = sorted(shared, key=lambda account: (account.creator_id in held, account.changed_at, account.pk))
    return [
        Finding(
            account.creator_id,
            kind,
            subject,
            {"creators": sorted(other.creator_id or 0 for other in shared if other.pk != account.pk)},
        )
        for account in in_order[1:]
        if account.creator_id is not None
    ]


def _find_subject(kind: HoldKind, plain: str) -> str:
    """Return the fingerprint under which this was held before, by an older key perhaps, or else its first."""
    fingerprints = fingerprints_of(plain)
    before = Hold.objects.filter(kind=kind, subject__in=fingerprints).values_list("subject", flat=True).first()
    return before or fingerprints[0]


def _decode_json(evidence: str | dict[str, object]) -> dict[str, object]:
    """Return the evidence as a dict. A raw query returns JSON as text, because Django decodes only model fields."""
    value: dict[str, object] = json.loads(evidence) if isinstance(evidence, str) else evidence
    return value
