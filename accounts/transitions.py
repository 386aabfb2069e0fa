"""Compare-and-set updates of a `state` column, limited to the transitions that a model declares."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.db import models


class TransitionQuerySet[Row: models.Model](models.QuerySet[Row]):
    """Rows with a `state`. `transitions` maps each state to the states that may follow it."""

    transitions: ClassVar[Mapping[Any, frozenset[Any]]] = {}

    def move(self, row_id: int, old: str, new: str, **values: Any) -> bool:
        """Change one row's state from `old` to `new`, and set the fields in `values` in the same UPDATE.

        Return False if the row is no longer in state `old`, because another writer changed it first.
        Raises ValueError if the transition is not allowed.
        """
        if new not in self.transitions[old]:
            raise ValueError(f"{self.model.__name__} cannot go from {old} to {new}.")
        return self.filter(pk=row_id, state=old).update(state=new, **values) == 1
