"""A ranking engine small enough to read in an hour: numpy arrays in, a scored list with reasons out.

    model = Model.fit(events, items)
    page = model.recommend(History.enjoyed([3, 17]), interests, 20)

`interactions` holds the arrays; `neighbours`, `popularity`, `prior` and `quality` count; `tables` joins the counts;
`candidates` looks up one viewer's terms; `model` weighs them; `fitting` and `tuning` learn the weights on a part held
out; `rerank` and `trees` bend the scores where that has helped; `explain`, `diversify` and `explore` make a page of it;
`store`, `logs` and `evaluation` keep, read and measure.
"""

from feed.ranking.candidates import TERMS
from feed.ranking.interactions import KINDS, Events, History, Items
from feed.ranking.model import NEUTRAL, Model, Scored, Taste
from feed.ranking.store import OtherVersion, load_model, save_model

__all__ = [
    "KINDS",
    "NEUTRAL",
    "TERMS",
    "Events",
    "History",
    "Items",
    "Model",
    "OtherVersion",
    "Scored",
    "Taste",
    "load_model",
    "save_model",
]
