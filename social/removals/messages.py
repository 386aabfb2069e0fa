"""Removing what was written in a reported thread between a shopper and a merchant. Both sides see that it is gone."""

from datetime import datetime
from typing import Any

from django.contrib.admin.models import CHANGE, LogEntry
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.history import history_line
from accounts.models import User
from shop.models import ThreadMessage
from social.models import Removal, RemovalReason
from social.refusals import ModerationRefused
from social.removals.mail import tell_owner
from social.removals.records import record_removal


@transaction.atomic
def remove_message(*, message_id: int, reason: RemovalReason, words: str, moderator: User, now: datetime) -> Removal:
    """Take the words out of a message, tell its author why, and return the removal. Raises ModerationRefused."""
    locked = ThreadMessage.objects.select_for_update(of=("self",)).select_related("author", "thread__merchant")
    message = locked.get(pk=message_id)
    if not message.words:
        raise ModerationRefused(_("Another moderator has removed this already."))
    if message.author_id == moderator.pk:
        raise ModerationRefused(_("You can't decide on your own message."))
    before: dict[str, Any] = {"words": message.words}
    ThreadMessage.objects.filter(pk=message.pk).update(words="")
    removal = record_removal(
        subject=message, owner=message.author, reason=reason, words=words, by=moderator, now=now, before=before
    )
    line = history_line(gettext_noop("Removed a message: %(reason)s"), reason=words or str(reason.value))
    LogEntry.objects.log_actions(moderator.pk, [message.thread], CHANGE, change_message=line, single_object=True)
    if message.author is not None and message.author.is_active:
        tell_owner(removal, message.author)
    return removal


def restore_message(*, removal: Removal) -> None:
    """Put the words of a message back. Raises ModerationRefused if the message is gone."""
    empty = ThreadMessage.objects.filter(pk=removal.message_id or 0, words="")
    if not empty.update(words=removal.before.get("words", "")):
        raise ModerationRefused(_("This message was deleted meanwhile."))
