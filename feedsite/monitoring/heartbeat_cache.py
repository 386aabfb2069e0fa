"""The cache of heartbeats. Unlike that of the limits, it says when Valkey is away, and says so soon."""

from typing import Any

from django.core.cache.backends.redis import RedisCache
from redis.backoff import NoBackoff
from redis.retry import Retry

TIMEOUT_SECONDS = 1.0


class HeartbeatCache(RedisCache):
    def __init__(self, server: Any, params: dict[str, Any]) -> None:
        options = {
            "socket_timeout": TIMEOUT_SECONDS,
            "socket_connect_timeout": TIMEOUT_SECONDS,
            "retry": Retry(NoBackoff(), 0),
            **params.get("OPTIONS", {}),
        }
        super().__init__(server, params | {"OPTIONS": options})
