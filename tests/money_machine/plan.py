"""How much the machine runs, and what it counts. Imported before Django is set up."""

from collections import Counter
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Plan:
    """How many sequences of how many steps to run. The command passes it as a plugin.

    In the suite they are the same each time, so that a change fails by its own fault; the command draws new ones.
    """

    sequences: int = 4
    steps: int = 50
    shrinks: bool = False
    is_repeated: bool = True


@dataclass
class StepCounts:
    """How often each kind of step was taken, and how often it did something."""

    tried: Counter[str] = field(default_factory=Counter)
    done: Counter[str] = field(default_factory=Counter)
    sequences: int = 0

    @property
    def dead(self) -> list[str]:
        return sorted(kind for kind in self.tried if not self.done[kind])
