"""A ranking engine small enough to read in an hour: numpy arrays in, a scored list with explanations out. No Django.

    model = fit_model(log, items)
    page = model.recommend(History.enjoyed([3, 17]), interests, 20)

`interactions` holds the arrays; `neighbours`, `popularity`, `prior` and `quality` count; `tables` combines the counts.
`candidates` looks up one viewer's terms and `model` weighs them with `weights`. `fitting` and `tuning` learn the weights
on a held-out part; `rerank` and `trees` adjust the scores where that has helped. `explanations`, `page_rules` and
`exploration` turn the list into a page. `store` saves models, `logs` reads files, `evaluation` measures.
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
