"""HTTP errors of several apps for which REST framework has no class."""

from rest_framework.exceptions import APIException


class Conflict(APIException):
    """HTTP 409: a lost race, or a state that does not allow the request."""

    status_code = 409
    default_code = "conflict"


class Unprocessable(APIException):
    """HTTP 422: a request that is understood but impossible, such as an upload of a file that is refused."""

    status_code = 422
    default_code = "unprocessable"
