"""A process that answers requests of attackers and measures what each costs: `python -m tests.attacks.meter`.

It reads requests from stdin, one JSON object a line, and writes one with the status and the cost. It serves them with
the site's own code on the database of DATABASE_URL, without rate limits, and rolls each back. Costs are the processor
time of this process and of its database connection, and the growth of its resident memory.
"""

import json
import os
import sys
import time
from typing import Any

import django


def main() -> None:
    results = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # logs must not come between the results
    django.setup()
    from django.conf import settings
    from django.test import override_settings
    from django.test.utils import setup_test_environment

    setup_test_environment()
    own_cache = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
    plain_files = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
    with override_settings(
        CACHES={"default": own_cache, "heartbeats": own_cache}, STORAGES=settings.STORAGES | plain_files
    ):
        for line in sys.stdin:
            print(json.dumps(measure(json.loads(line))), file=results, flush=True)


def measure(request: dict[str, Any]) -> dict[str, Any]:
    """Send a request, and return its status, seconds and bytes."""
    import psutil
    from django.core.cache import cache
    from django.db import connection, transaction
    from django.test import Client

    from tests.attacks.memory import peak_growth_bytes

    client = Client(raise_request_exception=False)
    client.cookies["sessionid"] = request["session"]
    cache.clear()  # and with it what the limits have counted
    connection.ensure_connection()
    database = psutil.Process(connection.connection.info.backend_pid)
    body = request["body"].encode(errors="surrogatepass")
    statuses: list[int] = []

    def send() -> None:
        with transaction.atomic():
            answer: Any = client.generic(request["method"], request["address"], body, content_type=request["kind"])
            for _part in answer.streaming_content if answer.streaming else ():
                pass
            statuses.append(answer.status_code)
            transaction.set_rollback(True)

    before = time.process_time() + sum(database.cpu_times()[:2])
    growth_bytes = peak_growth_bytes(send)
    seconds = time.process_time() + sum(database.cpu_times()[:2]) - before
    return {"status": statuses[0], "seconds": seconds, "bytes": growth_bytes}


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "feedsite.settings")
    main()
