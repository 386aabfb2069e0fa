"""Compare-and-set changes of a `state` column, along transitions that are defined as data."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.db import models


class TransitionQuerySet[Row: models.Model](models.QuerySet[Row]):
    """Rows whose `state` changes only along `transitions`, which maps each state to those that may follow."""

    transitions: ClassVar[Mapping[Any, frozenset[Any]]] = {}

    def move(self, row_id: int, old: str, new: str, **values: Any) -> bool:
        """Change one row's state from `old` to `new`, and write `values` with it.

        Return False if the row is not in state `old`: another writer moved it first.
        Raises ValueError if the transition is not allowed.
        """
        if new not in self.transitions[old]:
            raise ValueError(f"{self.model.__name__} cannot go from {old} to {new}.")
        return self.filter(pk=row_id, state=old).update(state=new, **values) == 1
