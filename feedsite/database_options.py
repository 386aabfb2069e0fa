"""How the site connects to PostgreSQL: no request waits for ever, neither for a connection nor for a dead one."""

from typing import Any

WAITS = {
    "connect_timeout": 5,
    "keepalives_idle": 30,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,
}
"""In seconds, and the last in milliseconds. Source: postgresql.org/docs/current/libpq-connect.html"""

POOL_SECONDS = 5
"""How long a request waits for a connection of the pool, and the pool for PostgreSQL before a request may try again."""

REQUEST_LIMITS = {"statement_timeout": "30s", "lock_timeout": "10s", "idle_in_transaction_session_timeout": "60s"}
"""How long a statement of a request may take in PostgreSQL, or wait for a lock. Commands and tasks may take longer."""


def configure_database(database: dict[str, Any], *, pool_size: int) -> dict[str, Any]:
    """Return the settings of a database with bounded waits. Options of its URL, such as `sslmode`, stay.

    A pool is for web processes only: one that was opened before a fork hangs, and Celery workers fork.
    """
    options = WAITS | database.get("OPTIONS", {})
    if pool_size:
        pool = {"min_size": 1, "max_size": pool_size, "timeout": POOL_SECONDS, "reconnect_timeout": POOL_SECONDS}
        return database | {"OPTIONS": options | {"pool": pool}, "CONN_HEALTH_CHECKS": True}
    return database | {"OPTIONS": options, "CONN_HEALTH_CHECKS": True, "CONN_MAX_AGE": 60}


def limit_requests(database: dict[str, Any]) -> None:
    """Let PostgreSQL end what takes too long in this process, which answers requests. Options of the URL win.

    Must be called before the first connection is opened.
    """
    options = database["OPTIONS"]
    limits = " ".join(f"-c {name}={value}" for name, value in REQUEST_LIMITS.items())
    options["options"] = f"{limits} {options.get('options', '')}".strip()
