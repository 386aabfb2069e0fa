"""What Django's system check tells about the settings of uploads, before anybody uploads."""

from typing import Any

from django.core.checks import CheckMessage, Error
from django.core.exceptions import ImproperlyConfigured

from videos.intake.storage import upload_policy


def check_upload_limits(**_options: Any) -> list[CheckMessage]:
    """Refuse names of limits that there are not."""
    try:
        upload_policy()
    except ImproperlyConfigured as error:
        return [Error(str(error), id="videos.E001")]
    return []
