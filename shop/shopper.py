"""Who is shopping: a user, or a visitor known by a token in the session that outlives signing in."""

import secrets
from dataclasses import dataclass

from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest

from accounts.models import User

_KEY = "visitor"


@dataclass(frozen=True)
class Shopper:
    user: User | None
    visitor: str

    @property
    def owner(self) -> str:
        """Name the shopper for an idempotency key."""
        return f"user {self.user.pk}" if self.user else f"visitor {self.visitor}"

    @property
    def is_known_adult(self) -> bool:
        return self.user is not None and self.user.is_known_adult


def shopper_of(request: HttpRequest) -> Shopper:
    """Return who is shopping. The first write gives a visitor a token; who only looks gets no cookie, and "" here."""
    visitor = request.session.get(_KEY, "")
    if not visitor and request.method not in ("GET", "HEAD", "OPTIONS"):
        visitor = request.session[_KEY] = secrets.token_hex(16)
    user: AbstractBaseUser | object = request.user
    return Shopper(user=user if isinstance(user, User) else None, visitor=visitor)
