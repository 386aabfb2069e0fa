"""Refusals that several rooms of this app share."""


class DecisionRefused(Exception):
    """A moderator's decision that was not stored. Nothing was changed. The message says why."""
