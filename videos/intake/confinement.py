"""Where strangers' files may be looked at: only where a sandbox works, except in the demo."""

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from videos.media import sandbox


def require_sandbox() -> None:
    """Raises ImproperlyConfigured where files cannot be confined."""
    if sandbox.level() < sandbox.Level.LANDLOCK and not settings.DEMO:
        raise ImproperlyConfigured(
            "No sandbox for uploaded media: install bubblewrap, or run on Linux 5.13 or later with Landlock enabled."
        )
