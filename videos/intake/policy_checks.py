"""Checks that come before an uploaded file is opened: the limits are valid, and a sandbox is available."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.core.exceptions import ImproperlyConfigured

from videos.media import sandbox


def check_upload_limits(**_options: Any) -> list[CheckMessage]:
    """Report unknown names in UPLOAD_LIMITS, as a Django system check."""
    from videos.intake.storage import upload_policy  # loads the settings, which feedsite.processes must not

    try:
        upload_policy()
    except ImproperlyConfigured as error:
        return [Error(str(error), id="videos.E001")]
    return []


def require_sandbox() -> None:
    """Refuse to open uploaded files without a sandbox, except in the demo. Raises ImproperlyConfigured."""
    if sandbox.level() < sandbox.Level.LANDLOCK and not settings.DEMO:
        raise ImproperlyConfigured(
            "No sandbox for uploaded media: install bubblewrap, or run on Linux 5.13 or later with Landlock enabled."
        )
