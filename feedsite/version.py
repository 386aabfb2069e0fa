"""The version of the code, which stands in pyproject.toml alone."""

import tomllib

from django.conf import settings


def read_version() -> str:
    """Return the version, such as "0.3.0"."""
    project = tomllib.loads((settings.BASE_DIR / "pyproject.toml").read_text())["project"]
    return str(project["version"])
