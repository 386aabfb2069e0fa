"""Rate limits: the clients that they count, and the cache in which they count. Without Valkey nobody is limited."""

import time
from collections.abc import Callable
from typing import Any

from django.core.cache.backends.redis import RedisCache
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry
from rest_framework.request import Request
from rest_framework.throttling import ScopedRateThrottle

from accounts.networks import name_network

PAUSE_SECONDS = 5.0
"""How long a process does not ask Valkey again after a failure, so that not every request waits for its timeout."""
TIMEOUT_SECONDS = 0.5


class ClientThrottle(ScopedRateThrottle):
    """Limits a signed-in user, or else an IPv4 address or IPv6 network."""

    def get_ident(self, request: Request) -> str:
        return name_network(request.META.get("REMOTE_ADDR", ""))


class FailOpenCache(RedisCache):
    """The cache of the limits. When Valkey is down, slow or silent, it is empty and accepts every write."""

    paused_until = 0.0  # on the monotonic clock, for all threads of the process

    def __init__(self, server: Any, params: dict[str, Any]) -> None:
        options = {
            "socket_timeout": TIMEOUT_SECONDS,
            "socket_connect_timeout": TIMEOUT_SECONDS,
            "retry": Retry(NoBackoff(), 0),
            **params.get("OPTIONS", {}),
        }
        super().__init__(server, params | {"OPTIONS": options})

    def add(self, *args: Any, **kwargs: Any) -> bool:
        return bool(self._ask(super().add, True, *args, **kwargs))  # allauth takes False for a lock that is held

    def get(self, key: Any, default: Any = None, version: Any = None) -> Any:
        return self._ask(super().get, default, key, default, version)

    def set(self, *args: Any, **kwargs: Any) -> None:
        self._ask(super().set, None, *args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> bool:
        return bool(self._ask(super().delete, False, *args, **kwargs))

    def _ask(self, call: Callable[..., Any], otherwise: Any, *args: Any, **kwargs: Any) -> Any:
        """Return what Valkey answers, or `otherwise` if it does not, and for a while after."""
        if time.monotonic() < FailOpenCache.paused_until:
            return otherwise
        try:
            return call(*args, **kwargs)
        except RedisError:
            FailOpenCache.paused_until = time.monotonic() + PAUSE_SECONDS
            return otherwise
