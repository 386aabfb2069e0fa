"""Functions that open threads, write in them, close them, and block and report those who misuse them.

Each writer's messages are counted under a lock on their account, so that requests at the same time pass no limit and open
no second thread about the same thing.
"""

import logging
import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.pasted_text import visible_text
from catalog.models import Merchant, Product
from shop.messages.mail import mail_message, mail_report
from shop.messages.participants import Participant
from shop.models import MessageBlock, MessageThread, Order, ThreadMessage, ThreadSide, ThreadState

logger = logging.getLogger(__name__)

MOST_WORDS = ThreadMessage._meta.get_field("words").max_length or 0
PERIOD = timedelta(hours=1)
MOST_IN_PERIOD = {ThreadSide.SHOPPER: 20, ThreadSide.MERCHANT: 200}
"""How many messages one person may write in each PERIOD."""


class MessageRefused(Exception):
    """A refused message or step. Nothing was changed. The message says why."""


class TooManyMessages(MessageRefused):
    """The writer has written too many in the last hour."""


@dataclass(frozen=True)
class ThreadTopic:
    """To whom a shopper writes, and about what. The caller has checked that they may see it."""

    merchant: Merchant
    product: Product | None = None
    order: Order | None = None


def clean_words(text: str) -> str:
    """Return the words without invisible characters, line by line. Raises MessageRefused if they are empty or too long."""
    lines = "\n".join(visible_text(line) for line in text.splitlines())
    words = re.sub(r"\n{3,}", "\n\n", lines).strip()
    if not words or len(words) > MOST_WORDS:
        raise MessageRefused(_("Enter your message, in at most %(most)d characters.") % {"most": MOST_WORDS})
    return words


def open_thread(*, user: User, topic: ThreadTopic, words: str, now: datetime) -> MessageThread:
    """Write to a merchant, in the open thread about the same thing if there is one. Raises MessageRefused."""
    words = clean_words(words)
    with transaction.atomic():
        _lock_writer(user)
        if not EmailAddress.objects.filter(user=user, verified=True).exists():
            raise MessageRefused(_("Confirm your email address before you write to sellers."))
        if topic.merchant.is_house or not (topic.merchant.takes_messages or topic.order):
            raise MessageRefused(_("This seller takes no messages."))
        about = {"merchant": topic.merchant, "product": topic.product, "order": topic.order}
        thread = MessageThread.objects.filter(user=user, state=ThreadState.OPEN, **about).first()
        thread = thread or MessageThread.objects.create(user=user, created_at=now, last_message_at=now, **about)
        _write(thread, Participant(user), words, now)
    return thread


def reply(*, thread_id: int, writer: Participant, words: str, now: datetime) -> None:
    """Write in a thread of the writer's. Raises MessageRefused."""
    words = clean_words(words)
    with transaction.atomic():
        _lock_writer(writer.user)
        thread = MessageThread.objects.select_for_update().get(pk=thread_id)
        if not thread.is_open:
            raise MessageRefused(_("This conversation is closed."))
        _write(thread, writer, words, now)


def mark_read(*, thread: MessageThread, reader: Participant, now: datetime) -> None:
    """Remember that this side has read what the other wrote."""
    ThreadMessage.objects.filter(thread=thread, read_at=None).exclude(side=reader.side).update(read_at=now)


def close_thread(*, thread_id: int) -> None:
    """Close a thread. Closing it twice is harmless."""
    MessageThread.objects.move(thread_id, ThreadState.OPEN, ThreadState.CLOSED)


def set_block(*, merchant: Merchant, user: User, is_blocked: bool, now: datetime) -> None:
    """Take no messages from a shopper any more, or take them again."""
    if is_blocked:
        MessageBlock.objects.get_or_create(merchant=merchant, user=user, defaults={"blocked_at": now})
    else:
        MessageBlock.objects.filter(merchant=merchant, user=user).delete()


def report_message(*, message: ThreadMessage, reporter: Participant, words: str, now: datetime) -> None:
    """Report a message of the other side to the moderators, who can read its thread from then on.

    Raises MessageRefused. Reporting it again is harmless.
    """
    if message.side == reporter.side:
        raise MessageRefused(_("You can report what the other side wrote."))
    with transaction.atomic():
        unreported = ThreadMessage.objects.filter(pk=message.pk, reported_at=None)
        if unreported.update(reported_at=now, report_words=visible_text(words)[:500]):
            mail_report(message)
            logger.info("message reported", extra={"message_thread": message.thread_id, "reported_message": message.pk})


def settle_reports(*, thread_ids: list[int], now: datetime) -> int:
    """Settle the open reports on messages of these threads. Return how many."""
    reported = ThreadMessage.objects.filter(thread__in=thread_ids, reported_at__isnull=False, report_settled_at=None)
    return reported.update(report_settled_at=now)


def _lock_writer(user: User) -> None:
    User.objects.select_for_update().get(pk=user.pk)


def _write(thread: MessageThread, writer: Participant, words: str, now: datetime) -> None:
    """Store a message and email it to the other side. The caller holds the lock on the writer's account."""
    is_shopper = writer.side == ThreadSide.SHOPPER
    if is_shopper and MessageBlock.objects.filter(merchant=thread.merchant_id, user=thread.user_id).exists():
        raise MessageRefused(_("This seller takes no messages from you."))
    recent = ThreadMessage.objects.filter(author=writer.user, sent_at__gt=now - PERIOD)
    if recent.count() >= MOST_IN_PERIOD[writer.side]:
        logger.info("too many messages", extra={"user": writer.user.pk, "message_thread": thread.pk})
        raise TooManyMessages(_("You wrote many messages within an hour. Wait a while before you write the next one."))
    message = ThreadMessage.objects.create(
        thread=thread, side=writer.side, author=writer.user, words=words, sent_at=now
    )
    MessageThread.objects.filter(pk=thread.pk).update(last_message_at=now)
    mail_message(message)
