"""The weekly email about pay that has been held for long, so that nobody's pay waits because it was forgotten."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count, Min, QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import ngettext, override

from accounts.access import staff_with_permission
from accounts.letters import write_email
from accounts.models import User
from catalog.site import site_name
from payouts.models import Hold
from shop.models import CommissionHold

DUE_AFTER = timedelta(days=7)
"""How long a hold may wait for a decision before staff are reminded of it, once a week."""
ESCALATED_AFTER = timedelta(days=14)
"""From when on superusers are reminded, too, although others could decide."""


@dataclass(frozen=True)
class OverdueHolds:
    """Holds of one kind that wait for longer than DUE_AFTER, and the admin page on which they are decided."""

    count: int
    oldest_at: datetime
    url: str
    is_commission: bool


def mail_reminders(*, now: datetime) -> int:
    """Email everybody who could decide on overdue holds, each once and in their own language. Return how many emails."""
    by_user: dict[User, list[OverdueHolds]] = {}
    for rows, permission, page in (
        (Hold.objects.active(), "payouts.release_hold", "admin:payouts_hold_changelist"),
        (CommissionHold.objects.to_decide(), "shop.decide_commissionhold", "admin:shop_commissionhold_changelist"),
    ):
        if overdue := _find_overdue(rows, page, now=now):
            for user in _find_recipients(permission, overdue, now=now):
                by_user.setdefault(user, []).append(overdue)
    for user, overdue_holds in by_user.items():
        _mail_reminder(user, overdue_holds)
    return len(by_user)


def _find_overdue(rows: QuerySet[Any], page: str, *, now: datetime) -> OverdueHolds | None:
    waiting = rows.filter(placed_at__lte=now - DUE_AFTER).aggregate(count=Count("pk"), oldest_at=Min("placed_at"))
    if not waiting["count"]:
        return None
    is_commission = rows.model is CommissionHold
    query = "state__exact=held" if is_commission else "released_at__isempty=1"
    return OverdueHolds(**waiting, url=f"{settings.SITE_URL}{reverse(page)}?{query}", is_commission=is_commission)


def _find_recipients(permission: str, overdue: OverdueHolds, *, now: datetime) -> list[User]:
    users = list(staff_with_permission(permission))
    if overdue.oldest_at <= now - ESCALATED_AFTER:
        return users
    return [user for user in users if not user.is_superuser] or users


def _mail_reminder(user: User, overdue_holds: list[OverdueHolds]) -> None:
    with override(user.language or settings.LANGUAGE_CODE):
        count = sum(overdue.count for overdue in overdue_holds)
        subject = ngettext("%(count)d hold waits for a decision", "%(count)d holds wait for a decision", count)
        context = {"overdue_holds": overdue_holds, "days": DUE_AFTER.days, "site_name": site_name()}
        text = render_to_string("payouts/mail/overdue_holds.txt", context)
        write_email(subject % {"count": count}, text, to=user.email).send()
