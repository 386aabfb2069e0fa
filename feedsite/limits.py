"""Rate limits: the clients that they count, and the cache in which they count. Without Valkey nobody is limited."""

import time
from collections.abc import Callable, Mapping
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.core.cache.backends.redis import RedisCache
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle, ScopedRateThrottle

from accounts.networks import name_network
from feed.events.identity import identify_viewer

WINDOW_SECONDS = 60
PAUSE_SECONDS = 5.0
"""How long a process does not ask Valkey again after a failure, so that not every request waits for its timeout."""
TIMEOUT_SECONDS = 0.5


class ClientThrottle(ScopedRateThrottle):
    """Limits a signed-in user, or else one browser, or else an IPv4 address or IPv6 network.

    Many people share an address: a school, the customers of a mobile carrier. A browser is known by the signed cookie of
    its viewer. Cookies are free, so `NetworkThrottle` limits how much all browsers of a network do together. A scope
    without such a limit counts by network only.
    """

    def get_ident(self, request: Request) -> str:
        network = name_network(request.META.get("REMOTE_ADDR", ""))
        if rate_of_network(self.scope) is None:
            return network
        identity = identify_viewer(request._request if isinstance(request, Request) else request)
        return network if identity.is_new else identity.key.hex


class NetworkThrottle(BaseThrottle):
    """Limits the requests of one IPv4 address or IPv6 network together, signed in or not, in each minute."""

    def allow_request(self, request: Request, view: Any) -> bool:
        scope = getattr(view, "throttle_scope", None)
        rate = rate_of_network(scope)
        if rate is None:
            return True
        self.now = time.time()
        network = name_network(request.META.get("REMOTE_ADDR", ""))
        key = f"network:{scope}:{network}:{int(self.now // WINDOW_SECONDS)}"
        cache.add(key, 0, 2 * WINDOW_SECONDS)
        try:
            return int(cache.incr(key)) <= rate
        except ValueError:  # Valkey has evicted the key, or was restarted in between
            return True

    def wait(self) -> float:
        """Return how many seconds are left of this minute."""
        return WINDOW_SECONDS - self.now % WINDOW_SECONDS


def rate_of_network(scope: str | None) -> int | None:
    """Return how many requests a network may send in a minute in this scope. None: not limited as a whole."""
    rates: Mapping[str | None, int] = settings.NETWORK_RATES
    return rates.get(scope)


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

    def incr(self, key: Any, delta: int = 1, version: Any = None) -> int:
        return int(self._ask(super().incr, 0, key, delta, version))

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
