"""Verification of the ledger, with a row for each run, so that operators see when it last ran and what it found."""

import logging
from datetime import datetime

from django.utils import timezone

from payouts.models import LedgerCheck
from payouts.verification import Discrepancy, find_discrepancies

logger = logging.getLogger(__name__)


def check_ledger(*, includes_statements: bool, now: datetime) -> list[Discrepancy]:
    """Rebuild every balance, record the run, log each discrepancy as an error, and return them."""
    check = LedgerCheck.objects.create(started_at=now)
    discrepancies = []
    for discrepancy in find_discrepancies(includes_statements=includes_statements):
        logger.error("Ledger discrepancy", extra={"check": discrepancy.check, "subject": discrepancy.subject})
        discrepancies.append(discrepancy)
    LedgerCheck.objects.filter(pk=check.pk).update(finished_at=timezone.now(), discrepancies=len(discrepancies))
    return discrepancies


def last_ledger_check() -> LedgerCheck | None:
    """Return the newest finished run, or None before the first."""
    return LedgerCheck.objects.exclude(finished_at=None).order_by("-finished_at").first()
