"""What holds for each kind of notification while a user has chosen nothing else."""

from collections.abc import Mapping
from dataclasses import dataclass

from social.models import MailChoice, NotificationKind


@dataclass(frozen=True)
class Channels:
    """How a user is told: in the list on the site, by email, and by push to browsers that take it."""

    on_site: bool
    mail: MailChoice
    push: bool


_LIST_ONLY = Channels(on_site=True, mail=MailChoice.OFF, push=False)
_CONVERSATION = Channels(on_site=True, mail=MailChoice.DAILY, push=True)
_WITHOUT_MAIL = Channels(on_site=True, mail=MailChoice.OFF, push=True)
_ASKED_FOR = Channels(on_site=True, mail=MailChoice.INSTANT, push=True)
DEFAULTS: Mapping[NotificationKind, Channels] = {
    NotificationKind.POST: _WITHOUT_MAIL,
    NotificationKind.FOLLOWER: _LIST_ONLY,
    NotificationKind.LIKES: _LIST_ONLY,
    NotificationKind.COMMENT: _CONVERSATION,
    NotificationKind.REPLY: _CONVERSATION,
    NotificationKind.MENTION: _CONVERSATION,
    NotificationKind.COMMENT_LIKES: _LIST_ONLY,
    NotificationKind.RATING_REPLY: _CONVERSATION,
    NotificationKind.DECISION: _WITHOUT_MAIL,
    NotificationKind.PARCEL: _WITHOUT_MAIL,
    NotificationKind.RESTOCK: _ASKED_FOR,
    NotificationKind.PRICE_DROP: _ASKED_FOR,
}
NEVER_MAILED = (NotificationKind.DECISION, NotificationKind.PARCEL)
"""The review and the shop send emails of their own about these."""
GROUPED = (NotificationKind.LIKES, NotificationKind.COMMENT_LIKES)
"""One row stands for what many people did."""
