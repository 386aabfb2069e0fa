#!/usr/bin/env python
"""Django's command line. It starts embedded servers unless both DATABASE_URL and REDIS_URL are set."""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "feedsite.settings")
    from feedsite.embedded import start_missing_servers

    start_missing_servers(Path(os.environ.get("DATA_DIR") or ROOT / ".data"))
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line
    from environs import EnvError

    try:
        execute_from_command_line(sys.argv)
    except (EnvError, ImproperlyConfigured) as error:
        sys.exit(f"The settings are wrong:\n{error}")


if __name__ == "__main__":
    main()
