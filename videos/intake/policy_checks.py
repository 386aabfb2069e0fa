"""Configuration checks for uploads: the limits must be valid, and a sandbox must be available."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.core.exceptions import ImproperlyConfigured

from accounts import sandbox


def check_upload_limits(**_options: Any) -> list[CheckMessage]:
    """Return a list with a system check error if UPLOAD_LIMITS contains an unknown name, otherwise an empty list."""
    # Imported here because it loads the settings, which feedsite.processes must not do.
    from videos.intake.storage import upload_policy

    try:
        upload_policy()
    except ImproperlyConfigured as error:
        return [Error(str(error), id="videos.E001")]
    return []


def require_sandbox() -> None:
    """Raise ImproperlyConfigured if there is no sandbox for uploaded files. The demo may run without one."""
    if sandbox.level() < sandbox.Level.LANDLOCK and not settings.DEMO:
        raise ImproperlyConfigured(
            "No sandbox for uploaded media: install bubblewrap, or run on Linux 5.13 or later with Landlock enabled."
        )
