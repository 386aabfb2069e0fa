"""Refusals that several rooms of this app share."""


class ModerationRefused(Exception):
    """A moderator's decision that was not stored. Nothing was changed. The message says why."""
