"""The generator of the OpenAPI schema, which adds every error that an operation may answer with.

Most follow from how the operation is built: what it reads, whether it is limited, whether it takes an Idempotency-Key.
A view names the others, which depend on the state of a row, in `error_statuses`; they are those of its writes.
"""

from collections.abc import Iterator
from typing import Any

from drf_spectacular.openapi import AutoSchema

from accounts.idempotency import IDEMPOTENCY_KEY_HEADER

SENTENCES = {
    400: "A value is missing or not possible: a sentence at each field, or in `detail`.",
    402: "The payment failed.",
    403: "Sign in first, confirm the password again, or you lack the permission; or the CSRF token is missing.",
    404: "There is no such object, or it is not yours; or the cursor is not valid.",
    406: "The response is JSON, which the Accept header excludes.",
    409: "Another request came first, or the state of the object does not allow this.",
    412: "Another version of the protocol.",
    413: "The body is larger than the endpoint reads.",
    414: "The address is too long.",
    415: "The endpoint does not read this type of body.",
    422: "The request is well-formed, but cannot be fulfilled; or the Idempotency-Key was used with another body.",
    429: "Too many requests. Retry-After says when to send the next.",
    460: "The checksum does not match.",
    503: "A service that the request needs does not answer. Send the same request again.",
    507: "There is no space left on the disk.",
}
ALWAYS = (400, 406, 414, 503)
READS = ("GET", "HEAD")
ERROR = {
    "type": "object",
    "description": "A sentence in `detail`, or sentences by field.",
    "properties": {"detail": {"type": "string"}},
    "additionalProperties": True,
}


class ErrorSchema(AutoSchema):
    def get_operation(self, path: str, *args: Any, **kwargs: Any) -> dict[str, Any] | None:
        operation: dict[str, Any] | None = super().get_operation(path, *args, **kwargs)
        if operation is not None:
            for status in sorted(set(self._find_error_statuses(path, operation))):
                operation["responses"].setdefault(str(status), _describe(status))
        return operation

    def _find_error_statuses(self, path: str, operation: dict[str, Any]) -> Iterator[int]:
        view, is_read = self.view, self.method in READS
        yield from ALWAYS
        if view.authentication_classes:
            yield 403
        if "{" in path or getattr(view, "pagination_class", None):
            yield 404
        if "requestBody" in operation:
            yield from (413, 415)
        if getattr(view, "throttle_scope", None):
            yield 429
        names = {parameter["name"] for parameter in operation.get("parameters", ())}
        if IDEMPOTENCY_KEY_HEADER.name in names:
            yield from (413, 415, 422)
        yield from getattr(view, "read_error_statuses" if is_read else "error_statuses", ())


def _describe(status: int) -> dict[str, Any]:
    return {"description": SENTENCES[status], "content": {"application/json": {"schema": ERROR}}}
