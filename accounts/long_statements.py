"""Work of a request that may take PostgreSQL longer than a request otherwise may: see feedsite/database_options.py."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction


@contextmanager
def long_statements() -> Iterator[None]:
    """Open a transaction whose statements may take as long as they need. For what staff do, never for the public."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = 0")
        yield
