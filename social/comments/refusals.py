"""Refusals of comments. Nothing was stored then, and the message says why."""


class CommentRefused(Exception):
    """The comment, or what was done to one, does not fit the rules."""


class CommentConflict(CommentRefused):
    """The post or the comment has changed or gone meanwhile."""


class TooManyComments(CommentRefused):
    """The author writes too often. Later it is possible."""
