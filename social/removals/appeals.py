"""Appeals against removals: one for each, from its owner, decided by somebody who did not remove it."""

from datetime import datetime

from django.conf import settings
from django.contrib.admin.models import CHANGE, LogEntry
from django.db import transaction
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, override

from accounts.history import history_line
from accounts.letters import write_email
from accounts.models import User
from catalog.site import site_name
from social.models import APPEAL_WITHIN, Removal, RemovalState
from social.notices.intake import tell_sender
from social.refusals import ModerationRefused
from social.removals.restorations import restore

HISTORY = {
    RemovalState.UPHELD: gettext_noop("Appeal refused: %(reason)s"),
    RemovalState.RESTORED: gettext_noop("Appeal granted: %(reason)s"),
}


class AppealRefused(Exception):
    """An appeal that was not stored. The message says why."""


def appeal_removal(*, removal: Removal, words: str, now: datetime) -> None:
    """Store the owner's appeal, which moderators find at their desk. Raises AppealRefused."""
    in_time = Removal.objects.filter(removed_at__gte=now - APPEAL_WITHIN)
    if in_time.move(removal.pk, RemovalState.STANDS, RemovalState.APPEALED, appeal_words=words, appealed_at=now):
        return
    removal.refresh_from_db()
    if removal.appealed_at:
        raise AppealRefused(_("You have already appealed this decision."))
    if removal.state == RemovalState.LAPSED:
        raise AppealRefused(_("This decision is no longer in force, so there is nothing to appeal."))
    raise AppealRefused(_("The time to appeal this decision is over."))


@transaction.atomic
def decide_appeal(*, removal_id: int, is_granted: bool, words: str, moderator: User, now: datetime) -> None:
    """Restore what was removed, or uphold the removal, and tell the owner by email with the reason.

    Raises ModerationRefused if the moderator removed it or owns it, if a colleague was first, or if it cannot come back.
    """
    removal = Removal.objects.with_subject().select_related("owner").get(pk=removal_id)
    if removal.state != RemovalState.APPEALED:
        raise ModerationRefused(_("This appeal was decided meanwhile, or what it is about is gone."))
    if moderator.pk == removal.removed_by_id:
        raise ModerationRefused(_("You removed this yourself, so another moderator has to decide."))
    if moderator.pk == removal.owner_id:
        raise ModerationRefused(_("You can't decide on your own appeal."))
    state = RemovalState.RESTORED if is_granted else RemovalState.UPHELD
    if is_granted:
        restore(removal=removal, moderator=moderator, now=now)
    decided = {"answer": words, "decided_by": moderator, "decided_at": now}
    if not Removal.objects.move(removal.pk, RemovalState.APPEALED, state, **decided):
        raise ModerationRefused(_("This appeal was decided meanwhile, or what it is about is gone."))
    line = history_line(HISTORY[state], reason=words)
    LogEntry.objects.log_actions(moderator.pk, [removal], CHANGE, change_message=line, single_object=True)
    if removal.owner is not None and removal.owner.is_active:
        _tell_owner(removal, removal.owner, is_granted=is_granted, words=words)
    if is_granted and removal.notice is not None:
        tell_sender(removal.notice, "restored")


def _tell_owner(removal: Removal, owner: User, *, is_granted: bool, words: str) -> None:
    with override(owner.language or settings.LANGUAGE_CODE):
        subject = _("Your appeal was granted") if is_granted else _("Your appeal was refused")
        context = {"removal": removal, "is_granted": is_granted, "words": words}
        context |= {"site_url": settings.SITE_URL, "site_name": site_name()}
        write_email(subject, render_to_string("social/mail/appeal_decided.txt", context), to=owner.email).send()
