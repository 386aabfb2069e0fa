"""Fraud checks. Each finding puts the creator's pay on hold until staff release it."""

import json
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.utils.translation import gettext as _

from accounts.models import User
from payouts.encryption import fingerprints_of, normalize
from payouts.models import Hold, HoldKind, PayoutAccount

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
    HoldKind.SAME_DEVICE: _SAME_DEVICE,
    HoldKind.DUPLICATE_CLIP: _DUPLICATE_CLIPS,
    HoldKind.CLICK_PATTERN: _CLICK_PATTERNS,
}


def place_holds(*, now: datetime) -> int:
    """Run the fraud checks and place a hold for each new finding. Return the number of new holds."""
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


def find_suspicious_activity() -> list[Finding]:
    """Run the fraud checks and return all findings, even those that already led to a hold."""
    findings = _find_shared_details()
    for kind, query in QUERIES.items():
        with connection.cursor() as cursor:
            cursor.execute(query, {"most": CLICKS_PER_MINUTE})
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
    """Return a finding for each creator whose payout account or tax ID is the same as another creator's.

    Agencies' accounts are not compared, because many creators may share an agency. The values are compared decrypted,
    so that it does not matter which keys encrypted them.
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
                subject = _find_subject(kind, plain)
                findings += [
                    Finding(
                        account.creator_id,
                        kind,
                        subject,
                        {"creators": sorted(other.creator_id or 0 for other in shared if other.pk != account.pk)},
                    )
                    for account in shared
                    if account.creator_id is not None
                ]
    return findings


def _find_subject(kind: HoldKind, plain: str) -> str:
    """Return the fingerprint under which this was held before, by an older key perhaps, or else its first."""
    fingerprints = fingerprints_of(plain)
    before = Hold.objects.filter(kind=kind, subject__in=fingerprints).values_list("subject", flat=True).first()
    return before or fingerprints[0]


def _decode_json(evidence: str | dict[str, object]) -> dict[str, object]:
    """Return the evidence as a dict. A raw query returns JSON as text, because Django decodes only model fields."""
    value: dict[str, object] = json.loads(evidence) if isinstance(evidence, str) else evidence
    return value
