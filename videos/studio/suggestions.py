"""What a text field needs to suggest hashtags and people while somebody types: see `site/suggestions.js`."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

SUGGESTIONS: Mapping[str, Any] = {
    "data-suggestions": _("Suggestions"),
    "data-hashtags": reverse_lazy("api-hashtags"),
    "data-people": reverse_lazy("api-mentions"),
    "data-count": _("{count} suggestions. Choose with the arrow keys."),
    "data-nothing": _("No suggestions."),
}
"""Attributes of the field."""
