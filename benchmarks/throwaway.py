"""A temporary site for a benchmark: the embedded servers with their usual settings, in a folder that is deleted."""

import atexit
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def throwaway_site(*, email_url: str = "memory:") -> Iterator[None]:
    """Start servers and an empty, migrated database. Import Django's models inside the block, not before it."""
    folder = Path(tempfile.mkdtemp(prefix="bench-"))
    for name in ("DATABASE_URL", "REDIS_URL"):
        os.environ.pop(name, None)
    os.environ |= {
        "DATA_DIR": str(folder),
        "DJANGO_SETTINGS_MODULE": "feedsite.settings",
        "SECRET_KEY": secrets.token_hex(32),
        "PAYMENT_PROVIDER": "demo",
        "EMAIL_URL": email_url,
    }
    from feedsite.embedded import start_missing_servers

    # Registered first, so it runs last: after the servers have stopped.
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    start_missing_servers(folder)
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connections

    call_command("migrate", verbosity=0)
    try:
        yield
    finally:
        connections.close_all()
