"""Weights of the terms of a score and of exploration, and exponents for the parts of a clip's lift."""

from dataclasses import dataclass

import numpy as np

from feed.ranking.candidates import TERMS
from feed.ranking.interactions import Doubles


@dataclass(frozen=True)
class Weights:
    """Term weights and lift exponents. `tune` starts from the defaults."""

    transition: float = 0.5
    co_watch: float = 1.0
    interest: float = 1.0
    category: float = 0.1
    creator: float = 0.05
    leaning: float = 0.0  # part of exploration: see Model.with_leaning
    popular: float = 1.0
    trend_power: float = 0.3
    popularity_power: float = 0.0
    quality_power: float = 0.1
    exploration: float = 1.0  # how strongly whole pages explore new viewers' tastes: see `exploration`

    @property
    def of_terms(self) -> Doubles:
        """Return the term weights in the order of TERMS."""
        return np.array([getattr(self, term) for term in TERMS])
