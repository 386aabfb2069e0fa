"""Sessions in the database. While that is away, they say so, and not that the session was deleted."""

from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import UpdateError

from feedsite.database_away import AWAY


class SessionStore(db.SessionStore):
    def save(self, must_create: bool = False) -> None:
        """Save the session. Raises UpdateError if it was deleted, and what the database raises if that is away."""
        try:
            super().save(must_create)
        except UpdateError as error:
            if isinstance(error.__context__, AWAY):
                raise error.__context__ from None
            raise
