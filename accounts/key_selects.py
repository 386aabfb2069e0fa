"""Fields that find rows by typing, in admin. They ignore what cannot be the key of a row."""

from collections.abc import Sequence
from typing import Any

from django.contrib.admin.widgets import AutocompleteSelect, AutocompleteSelectMultiple
from django.db.models import Model

from accounts.keys import parse_keys


class KeySelect(AutocompleteSelect):
    """Autocompletion that shows a form again although something else than a key was sent for it."""

    def optgroups(self, name: str, value: Any, attr: Any = None) -> Any:
        return super().optgroups(name, [str(key) for key in parse_keys(value)], attr)


class KeySelectMultiple(AutocompleteSelectMultiple):
    """Like KeySelect, for several rows. `rows` are those that were read for the form, which are not read again."""

    rows: Sequence[Model] = ()

    def optgroups(self, name: str, value: Any, attr: Any = None) -> Any:
        keys = [str(key) for key in parse_keys(value)]
        if not self.rows or {str(row.pk) for row in self.rows} != set(keys):
            return super().optgroups(name, keys, attr)
        label = self.choices.field.label_from_instance
        rows = sorted(self.rows, key=lambda row: str(label(row)))
        options = [self.create_option(name, row.pk, label(row), True, index) for index, row in enumerate(rows)]
        return [(None, options, 0)]
