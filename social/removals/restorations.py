"""How each kind of removal is undone when its appeal is granted: everything is as it was before."""

from collections.abc import Callable
from datetime import datetime

from accounts.models import User
from social.comments.decisions import restore_comment
from social.models import Removal, RemovalKind
from social.ratings.decisions import restore_rating
from social.removals.messages import restore_message
from social.removals.profiles import restore_profile

type Restoring = Callable[[Removal, User, datetime], None]

RESTORING: dict[RemovalKind, Restoring] = {
    RemovalKind.COMMENT: lambda removal, moderator, now: restore_comment(removal=removal, moderator=moderator, now=now),
    RemovalKind.RATING: lambda removal, moderator, _now: restore_rating(removal=removal, moderator=moderator),
    RemovalKind.MESSAGE: lambda removal, _moderator, _now: restore_message(removal=removal),
    RemovalKind.PROFILE: lambda removal, _moderator, _now: restore_profile(removal=removal),
}
"""What undoes a removal. Suspensions concern apps that this one does not know; `feedsite.apps` adds theirs."""


def restore(*, removal: Removal, moderator: User, now: datetime) -> None:
    """Undo a removal. Raises ModerationRefused if what it is about is gone or was changed meanwhile."""
    RESTORING[RemovalKind(removal.kind)](removal, moderator, now)
