"""Answers that the framework has no class for."""

from rest_framework.exceptions import APIException


class TooLarge(APIException):
    status_code = 413
    default_code = "too_large"


class NoRoom(APIException):
    """The disk is full; nothing of what did not fit was kept."""

    status_code = 507
    default_code = "no_room"


class TooMany(APIException):
    """One sender has sent as much as is allowed for now."""

    status_code = 429
