"""Lists as people write them in the active language, with “and” and its commas."""

from collections.abc import Iterable

from babel.lists import format_list
from django.utils.translation import get_language


def join_list(items: Iterable[object]) -> str:
    return format_list([str(item) for item in items], locale=(get_language() or "en").replace("-", "_"))
