"""Links with which readers of emails stop one kind of them, without signing in, and with one click in the mail program.

Source: RFC 8058 for the headers; the program posts to the address.
"""

from typing import Any

from django.core import signing

from accounts.models import User


def write_token(user: User, *, salt: str, kind: str = "") -> str:
    return signing.dumps([user.pk, kind] if kind else user.pk, salt=salt)


def read_token(token: str, *, salt: str) -> tuple[User, str] | None:
    """Return the user whom a link names and the kind of emails, or None if it is not ours or the account is deleted."""
    try:
        content: Any = signing.loads(token, salt=salt)
    except signing.BadSignature:
        return None
    user_id, kind = content if isinstance(content, list) else (content, "")
    user = User.objects.filter(pk=user_id, erased_at=None).first()
    return (user, kind) if user is not None else None


def stop_headers(stop_url: str) -> dict[str, str]:
    """Return the headers of an email that one click stops."""
    return {"List-Unsubscribe": f"<{stop_url}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
