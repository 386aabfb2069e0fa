"""Fields that find rows by typing, in admin. They ignore what cannot be the key of a row."""

from typing import Any

from django.contrib.admin.widgets import AutocompleteSelect, AutocompleteSelectMultiple

from accounts.keys import parse_keys


class KeySelect(AutocompleteSelect):
    """Autocompletion that shows a form again although something else than a key was sent for it."""

    def optgroups(self, name: str, value: Any, attr: Any = None) -> Any:
        return super().optgroups(name, [str(key) for key in parse_keys(value)], attr)


class KeySelectMultiple(AutocompleteSelectMultiple):
    """Like KeySelect, for several rows."""

    def optgroups(self, name: str, value: Any, attr: Any = None) -> Any:
        return super().optgroups(name, [str(key) for key in parse_keys(value)], attr)
