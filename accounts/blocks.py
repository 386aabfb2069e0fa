"""Blocks and mutes between users: who does not see whom.

A block works both ways: neither sees the other. A mute hides one person from another, and nobody else can notice it.
What ends with a block, such as follows, is in social.blocks.
"""

from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import connection, models
from django.db.models import F, Q
from django.http import Http404
from django.utils.translation import gettext_lazy as _

_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))"
_SHARE = "SELECT pg_advisory_xact_lock_shared(hashtextextended(%s, 0))"


class Blocked(Http404):
    """A refusal because one of two people has blocked the other. Neither is there for the other: pages answer 404."""


class BlockQuerySet(models.QuerySet["Block"]):
    def owned_by(self, user_id: int) -> Self:
        return self.filter(user=user_id)

    def between(self, user_id: int, other_id: int) -> Self:
        """Return the blocks of either of two people against the other."""
        return self.filter(Q(user=user_id, blocked_user=other_id) | Q(user=other_id, blocked_user=user_id))


class Block(models.Model):
    """One person has blocked another. It works both ways while it lasts."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", verbose_name=_("blocked by")
    )
    blocked_user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", verbose_name=_("blocked")
    )
    created_at = models.DateTimeField(_("blocked at"))

    objects = BlockQuerySet.as_manager()

    class Meta:
        verbose_name = _("block")
        verbose_name_plural = _("blocks")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["user", "blocked_user"], name="accounts_block_once"),
            models.CheckConstraint(condition=~Q(user=F("blocked_user")), name="accounts_block_another"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.blocked_user_id}"


class MuteQuerySet(models.QuerySet["Mute"]):
    def owned_by(self, user_id: int) -> Self:
        return self.filter(user=user_id)


class Mute(models.Model):
    """One person does not want to read or see another, who is not told and sees everything as before."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", verbose_name=_("muted by")
    )
    muted_user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", verbose_name=_("muted")
    )
    created_at = models.DateTimeField(_("muted at"))

    objects = MuteQuerySet.as_manager()

    class Meta:
        verbose_name = _("mute")
        verbose_name_plural = _("mutes")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["user", "muted_user"], name="accounts_mute_once"),
            models.CheckConstraint(condition=~Q(user=F("muted_user")), name="accounts_mute_another"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.muted_user_id}"


def hidden_from(user_id: int | None, person: str = "user", *, includes_muted: bool = True) -> Q:
    """Return the condition for rows whose person a user must not see, for `exclude`. It is true of none for visitors.

    `person` is the path to the person's account: `Comment.objects.exclude(hidden_from(request.user.pk, "author"))`.
    Without `includes_muted`, it is only about blocks: whoever is muted can still be visited.
    """
    if user_id is None:
        return Q(pk__in=())
    hidden = Q(**{f"{person}__in": Block.objects.filter(user=user_id).values("blocked_user")})
    hidden |= Q(**{f"{person}__in": Block.objects.filter(blocked_user=user_id).values("user")})
    if includes_muted:
        hidden |= Q(**{f"{person}__in": Mute.objects.filter(user=user_id).values("muted_user")})
    return hidden


def is_blocked_between(user_id: int, other_id: int) -> bool:
    return Block.objects.between(user_id, other_id).exists()


def refuse_blocked(user_id: int, other_id: int) -> None:
    """Raise Blocked if one has blocked the other. Otherwise neither can before the transaction ends.

    Call it inside a transaction, before a row with which the user reaches the other: a follow, a comment, a mention.
    """
    lock_against_blocks(user_id)
    if is_blocked_between(user_id, other_id):
        raise Blocked


def lock_against_blocks(user_id: int) -> None:
    """Keep the user from blocking, and from being blocked, until the transaction ends. These locks are shared.

    It is enough to lock whoever acts, so that those whom many follow are not in anybody's way.
    """
    _lock(_SHARE, user_id)


def store_block(*, user_id: int, other_id: int, is_on: bool, now: datetime) -> bool:
    """Block another person if `is_on`, otherwise unblock them. Return whether that changed anything.

    Call it inside a transaction. Whatever one of them does to the other at this moment is done first, or is refused.
    """
    for locked_id in sorted((user_id, other_id)):
        _lock(_LOCK, locked_id)
    if not is_on:
        return bool(Block.objects.filter(user=user_id, blocked_user=other_id).delete()[0])
    pair = {"user_id": user_id, "blocked_user_id": other_id}
    return Block.objects.get_or_create(**pair, defaults={"created_at": now})[1]


def store_mute(*, user_id: int, other_id: int, is_on: bool, now: datetime) -> bool:
    """Mute another person if `is_on`, otherwise unmute them. Return whether that changed anything."""
    if not is_on:
        return bool(Mute.objects.filter(user=user_id, muted_user=other_id).delete()[0])
    pair = {"user_id": user_id, "muted_user_id": other_id}
    return Mute.objects.get_or_create(**pair, defaults={"created_at": now})[1]


def _lock(statement: str, user_id: int) -> None:
    assert connection.in_atomic_block
    with connection.cursor() as cursor:
        cursor.execute(statement, [f"blocks {user_id}"])
