"""A small ranking engine: it takes numpy arrays and returns scored lists with explanations. It does not use Django.

    model = fit_model(log, items)
    page = model.recommend(History.enjoyed([3, 17]), interests, 20)

`interactions` defines the input arrays. `neighbours`, `popularity`, `prior` and `quality` count events, and `tables`
combines their counts. `candidates` looks up the score terms for one viewer, and `model` weighs them with `weights`.
`fitting` and `tuning` learn the weights on a held-out part of the log. `rerank` and `trees` adjust the scores where
that has helped. `explanations`, `page_rules` and `exploration` turn the scored list into a page. `store` saves models,
`logs` reads log files, and `evaluation` measures the quality of recommendations.
"""

from feed.ranking.candidates import TERMS
from feed.ranking.fitting import fit_model
from feed.ranking.interactions import KINDS, EventLog, History, Items
from feed.ranking.model import NEUTRAL, Model, ScoredItems, Taste
from feed.ranking.store import WrongModelVersion, load_model, save_model

__all__ = [
    "KINDS",
    "NEUTRAL",
    "TERMS",
    "EventLog",
    "History",
    "Items",
    "Model",
    "ScoredItems",
    "Taste",
    "WrongModelVersion",
    "fit_model",
    "load_model",
    "save_model",
]
