"""HTTP errors that REST framework has no class for and several apps answer with."""

from rest_framework.exceptions import APIException


class Conflict(APIException):
    """409: a lost race, or a state that does not allow the request."""

    status_code = 409
    default_code = "conflict"


class Unprocessable(APIException):
    """422: understood, but impossible, such as a refused file or an Idempotency-Key sent with another body."""

    status_code = 422
    default_code = "unprocessable"
