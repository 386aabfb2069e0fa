"""One account at the stand-in: its clock, its objects, and the events that it has not delivered yet."""

import copy
import itertools
import time
from dataclasses import dataclass, field
from typing import Any

from tests.shop.stripe.errors import Fields, not_found

PRIVATE = {"intent_metadata", "excluded", "keeps_card"}
"""Fields of sessions that the stand-in keeps to itself."""


def public_fields(thing: Fields) -> Fields:
    return {name: value for name, value in thing.items() if name not in PRIVATE}


@dataclass
class StripeAccount:
    """Objects by id, in the order in which they were made, and undelivered events."""

    account_id: str = "acct_shop"
    is_live: bool = False
    page_base: str = "https://pay.example"
    objects: dict[str, Fields] = field(default_factory=dict)
    events: list[Fields] = field(default_factory=list)
    moved_s: float = 0
    numbers: Any = field(default_factory=lambda: itertools.count(1))

    @property
    def now(self) -> int:
        return int(time.time() + self.moved_s)

    def add(self, prefix: str, kind: str, **fields: Any) -> Fields:
        """Store and return a new object."""
        name = f"{prefix}_{next(self.numbers)}"
        made = {"id": name, "object": kind, "created": self.now, "livemode": self.is_live, "metadata": {}, **fields}
        self.objects[name] = made
        return made

    def get(self, kind: str, name: str) -> Fields:
        """Return an object. Raises Refusal if there is none of this kind."""
        thing = self.objects.get(name)
        if thing is None or thing["object"] != kind:
            raise not_found(kind, name)
        return thing

    def all_of(self, kind: str) -> list[Fields]:
        return [thing for thing in self.objects.values() if thing["object"] == kind]

    @property
    def month(self) -> tuple[int, int]:
        """Return the year and the month in which cards that expired before are declined."""
        today = time.gmtime(self.now)
        return today.tm_year, today.tm_mon

    def emit(self, kind: str, thing: Fields, before: Fields | None = None) -> None:
        """Write an event with a copy of the object as it is now, and with the old values of what changed."""
        data: Fields = {"object": public_fields(copy.deepcopy(thing))}
        if before is not None:
            data["previous_attributes"] = before
        self.events.append(
            {
                "id": f"evt_{next(self.numbers)}",
                "object": "event",
                "type": kind,
                "api_version": None,
                "created": self.now,
                "livemode": self.is_live,
                "data": data,
            }
        )
