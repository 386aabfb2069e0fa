"""HTTP errors that REST framework has no class for."""

from rest_framework.exceptions import APIException


class Conflict(APIException):
    """HTTP 409: another request came first, or the object's state does not allow this one."""

    status_code = 409
    default_code = "conflict"


class BodyTooLarge(APIException):
    """HTTP 413: the body of the request is larger than the endpoint reads."""

    status_code = 413
    default_code = "too_large"


class Unprocessable(APIException):
    """HTTP 422: a well-formed request that cannot be fulfilled, such as the upload of an unusable file."""

    status_code = 422
    default_code = "unprocessable"


class Unavailable(APIException):
    """HTTP 503: a service that the request needs does not answer. The same request may be sent again."""

    status_code = 503
    default_code = "unavailable"


class TooManyRequests(APIException):
    """HTTP 429: the same request is possible later, as its message says."""

    status_code = 429
    default_code = "throttled"
