"""Idempotent writes: one effect per Idempotency-Key, even when requests with the same key run concurrently."""

import hashlib
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from http import HTTPStatus
from typing import Any, Concatenate

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api_errors import Unprocessable
from accounts.models import IdempotencyKey, User

RETENTION = timedelta(days=30)
GUEST_RETENTION = timedelta(days=1)
"""How long answers to guests are stored: a new session costs nothing. Orders have their own keys."""
_SESSION = " session "
MAX_KEY_LENGTH = 120
IDEMPOTENCY_KEY_HEADER = OpenApiParameter(
    "Idempotency-Key",
    str,
    OpenApiParameter.HEADER,
    description="A repeated key has no second effect: the answer is that of the first request. The same key with "
    "another body is refused with 422.",
)


class KeyReused(Exception):
    """The same key was already sent with a different request body. Views respond with 422."""


def do_once(*, owner: str, key: str, content: Any, make: Callable[[], str]) -> str:
    """Call `make` once per owner and key, and return its result. Later calls return the stored result.

    `owner` names the requester and the operation, such as "checkout user 5". `content` is the request body and is
    compared as JSON. `make` creates an object and returns its code. The key and the object are written in one
    transaction, so the key can be used again if `make` raises. A concurrent request with the same key waits until the
    first one has ended.

    Raises KeyReused if the first request with this key had a different body.
    """
    digest = _digest(content)
    with transaction.atomic():
        row, is_new = IdempotencyKey.objects.get_or_create(owner=owner, key=key, defaults={"digest": digest})
        if is_new:
            row.result = make()
            row.save(update_fields=["result"])
        else:
            _check_digest(row, digest)
    return row.result


def find_result(*, owner: str, key: str, content: Any) -> str | None:
    """Return what `do_once` stored for this owner and key, or None if it was not called or has not ended.

    Raises KeyReused.
    """
    row = IdempotencyKey.objects.filter(owner=owner, key=key).first()
    if row is None:
        return None
    _check_digest(row, _digest(content))
    return row.result


def _check_digest(row: IdempotencyKey, digest: str) -> None:
    """Raises KeyReused."""
    if row.digest != digest:
        raise KeyReused(_("This Idempotency-Key was already used with a different request."))


def _digest(content: Any) -> str:
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()


def read_key(request: Request) -> str | None:
    """Return the Idempotency-Key of a request, or None if it has none. Raises ValidationError if it is too long."""
    key = request.headers.get("Idempotency-Key", "")
    if len(key) > MAX_KEY_LENGTH:
        raise ValidationError({"Idempotency-Key": [_("Send at most %(most)d characters.") % {"most": MAX_KEY_LENGTH}]})
    return key or None


def idempotent[View: APIView, **Arguments](
    method: Callable[Concatenate[View, Request, Arguments], Response],
) -> Callable[Concatenate[View, Request, Arguments], Response]:
    """Decorate an API method so that it honours Idempotency-Key: a repeated request gets the stored answer.

    The method and the storing of its answer are one transaction, which a refusal that is raised rolls back. A refusal that
    is returned keeps what was written. Neither leaves a key behind.
    """

    @wraps(method)
    def answer(view: View, request: Request, /, *args: Arguments.args, **kwargs: Arguments.kwargs) -> Response:
        key = read_key(request)
        if key is None:
            return method(view, request, *args, **kwargs)

        def make() -> str:
            response = method(view, request, *args, **kwargs)
            return json.dumps([response.status_code, response.data], cls=DjangoJSONEncoder)

        owner = f"{type(view).__name__} {request.method}{_name_requester(request)}"  # see forget_answers
        try:
            with transaction.atomic():
                stored = do_once(owner=owner, key=key, content=[request.path, request.data], make=make)
                status, data = json.loads(stored)
                if status >= HTTPStatus.BAD_REQUEST:
                    IdempotencyKey.objects.filter(owner=owner, key=key).delete()
        except KeyReused as refusal:
            raise Unprocessable(str(refusal)) from refusal
        return Response(data, status=status)

    return answer


def _name_requester(request: Request) -> str:
    """Return the end of the owner's name: the user or, for a guest, the session, which is created if there is none."""
    if request.user.is_authenticated:
        return f" user {request.user.pk}"
    session = request._request.session
    if session.session_key is None:
        session.create()
    return f"{_SESSION}{session.session_key}"


def forget_answers(*, user: User) -> None:
    """Delete the stored answers to a user's requests, such as saved addresses. They have no foreign key to the user."""
    IdempotencyKey.objects.filter(owner__endswith=f" user {user.pk}").delete()


def forget_old_keys(*, now: datetime) -> int:
    """Delete idempotency keys older than 30 days, and guests' after one. Return how many were deleted."""
    is_old_of_guest = Q(created_at__lt=now - GUEST_RETENTION, owner__contains=_SESSION)
    return IdempotencyKey.objects.filter(is_old_of_guest | Q(created_at__lt=now - RETENTION)).delete()[0]
