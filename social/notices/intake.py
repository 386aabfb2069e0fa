"""Storing a notice within limits, with a receipt, and forgetting who sent it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import CharField, Value
from django.db.models.functions import Cast, Concat
from django.template.loader import render_to_string
from django.utils.formats import date_format
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from accounts.letters import write_email
from accounts.models import User
from catalog.site import site_name
from social.models import LegalNotice, NoticedPage, NoticeKind, NoticeState, NotifierPause
from social.notices.pages import NamedPage, find_profile

MOST_FROM_ADDRESS, MOST_FROM_NETWORK = 20, 30
PERIOD = timedelta(days=1)
"""In which so many notices are taken from one email address, and from one network."""
FORGET_AFTER = timedelta(days=2 * 365)
"""How long name, address and words of a decided notice stay: as long as a court may ask for them."""
FORGET_NETWORK_AFTER = timedelta(days=30)


class NoticeRefused(Exception):
    """A notice that was not stored. The message says why."""


class TooManyNotices(NoticeRefused):
    """So many came from the same address or network that the next one has to wait."""


@dataclass(frozen=True)
class NoticeContent:
    """What somebody wrote in the form of notices. Name and email may be empty for the abuse of children only."""

    kind: NoticeKind
    pages: Sequence[NamedPage]
    words: str
    right: str = ""
    name: str = ""
    email: str = ""
    shares_contact: bool = False


@transaction.atomic
def send_notice(*, content: NoticeContent, user: User | None, network: str, now: datetime) -> LegalNotice:
    """Store a notice, email a receipt with the secret address of its status, and return it. Raises NoticeRefused."""
    _check_sender(content.email, network, now)
    is_rights_claim = content.kind == NoticeKind.RIGHTS
    notice = LegalNotice.objects.create(
        kind=content.kind,
        words=content.words,
        right=content.right if is_rights_claim else "",
        name=content.name,
        email=content.email.lower(),
        shares_contact=is_rights_claim and content.shares_contact,
        user=user,
        network=network,
        language=get_language() or settings.LANGUAGE_CODE,
        created_at=now,
    )
    NoticedPage.objects.bulk_create(
        NoticedPage(notice=notice, address=page.address, kind=page.kind, key=page.key[:100], profile=find_profile(page))
        for page in content.pages
    )
    tell_sender(notice, "received")
    return notice


def tell_sender(notice: LegalNotice, step: str) -> None:
    """Email whoever sent a notice that it was received, decided, or that something was restored. `step` says which."""
    if not notice.email:
        return
    with override(notice.language or settings.LANGUAGE_CODE):
        subjects = {"received": _("We received your notice %(number)d"), "decided": _("Your notice %(number)d")}
        subject = subjects.get(step, _("An appeal about your notice %(number)d")) % {"number": notice.pk}
        context = {"notice": notice, "step": step, "pages": notice.pages.order_by("pk")}
        context |= {"site_url": settings.SITE_URL, "site_name": site_name()}
        write_email(subject, render_to_string("social/mail/notice.txt", context), to=notice.email).send()


def erase_notices(*, user: User) -> None:
    """Take name, address and words out of the notices that a user sent, and their handle out of those of others.

    The numbers of the notices and the decisions stay.
    """
    _forget(list(LegalNotice.objects.sent_by(user).values_list("pk", flat=True)))
    own_pages = NoticedPage.objects.filter(kind="creator", profile__user=user)
    own_pages.update(address=Concat(Value(f"{settings.SITE_URL}/#"), Cast("pk", CharField())), key="")


def forget_notices(*, now: datetime) -> int:
    """Forget who sent notices that were decided long ago, the networks of all, and pauses that are over. Return how many."""
    LegalNotice.objects.filter(created_at__lt=now - FORGET_NETWORK_AFTER).exclude(network="").update(network="")
    NotifierPause.objects.filter(until__lt=now - FORGET_AFTER).delete()
    old = LegalNotice.objects.filter(state=NoticeState.DECIDED, decided_at__lt=now - FORGET_AFTER).exclude(words="")
    keys = list(old.values_list("pk", flat=True)[:500])
    _forget(keys)
    return len(keys)


def _forget(keys: list[int]) -> None:
    blank = {"name": "", "email": "", "words": "", "right": "", "network": "", "user": None, "shares_contact": False}
    LegalNotice.objects.filter(pk__in=keys).update(**blank)


def _check_sender(email: str, network: str, now: datetime) -> None:
    """Raises NoticeRefused while the sender is paused, and TooManyNotices."""
    pause = NotifierPause.objects.filter(email=email.lower(), until__gt=now).order_by("-until").first()
    if email and pause:
        raise NoticeRefused(
            _("Notices from this address are not taken until %(date)s: %(reason)s")
            % {"date": date_format(pause.until, "DATE_FORMAT"), "reason": pause.reason}
        )
    recent = LegalNotice.objects.filter(created_at__gt=now - PERIOD)
    if (email and recent.filter(email=email.lower()).count() >= MOST_FROM_ADDRESS) or (
        network and recent.filter(network=network).count() >= MOST_FROM_NETWORK
    ):
        raise TooManyNotices(_("You have sent many notices today. Send the next one tomorrow, or name several pages."))
