"""Throwaway PostgreSQL and Valkey servers, started before Django reads its settings. pytest loads this as a plugin.

The environment variable `DATA_DIR` sets their folder, so that two runs of pytest can have separate servers.
"""

import os
import secrets
import signal
from pathlib import Path

from feedsite.embedded import start_missing_servers
from feedsite.translations import compile_stale

DEFAULT_DATA_DIR = Path(__file__).resolve().parent.parent / ".data" / "test"

# `make test` tells a `make` that a test starts that it is part of it, and a shell lets background jobs ignore signals.
for name in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS"):
    os.environ.pop(name, None)
for number, default in ((signal.SIGINT, signal.default_int_handler), (signal.SIGHUP, signal.SIG_DFL)):
    if signal.getsignal(number) == signal.SIG_IGN:
        signal.signal(number, default)

os.environ.setdefault("SECRET_KEY", secrets.token_hex(32))
DATA_DIR = Path(os.environ.setdefault("DATA_DIR", str(DEFAULT_DATA_DIR)))
os.environ.setdefault("PAYMENT_PROVIDER", "demo")
os.environ.setdefault("EMAIL_URL", "memory:")
os.environ.setdefault("STAFF_REQUIRE_MFA", "false")  # tests sign staff in without one, unless they are about it
os.environ.setdefault("FEED_ASKS_CONSENT", "false")  # most tests are about what viewers' events do
start_missing_servers(DATA_DIR, durable=False)
compile_stale()
