"""Saved ranking models. The training task writes them, and web processes load the latest one.

Before the first training, a model without counts ranks clips by the viewer's choices and by age.
"""

import logging
import threading
import time
from pathlib import Path

import numpy as np
from django.conf import settings
from numpy.typing import NDArray

from feed.page.cache import LIFETIMES, on_clear
from feed.page.ranker import Ranker
from feed.page.snapshot import CatalogueSnapshot
from feed.ranking import EventLog, Model, WrongModelVersion, fit_model, load_model, save_model
from feed.ranking.weights import Weights

logger = logging.getLogger(__name__)
MODELS_ON_DISK = 2

UNTRAINED = Weights(popular=0.02, category=1.0, creator=0.3)
"""Weights before the first training. Without counts, popularity means little, so the viewer's choices count most."""

type Ids = NDArray[np.int64]


def models_folder() -> Path:
    return Path(settings.DATA_DIR) / "ranking"


def store_model(model: Model, clip_ids: Ids, *, name: str) -> Path:
    """Write a model and its clip ids to a new folder, delete old folders, and return the path of the new one.

    `name` becomes the name of the folder. Names must sort by time. The folder gets its name when it is complete, so
    readers never see a partial model.
    """
    folder = models_folder()
    draft = folder / f".{name}"
    draft.mkdir(parents=True, exist_ok=True)
    save_model(model, draft / "model.npz")
    np.save(draft / "clips.npy", clip_ids)
    stored = draft.rename(folder / name)
    for old in sorted(folder.glob("[0-9]*"))[:-MODELS_ON_DISK]:
        for file in old.iterdir():
            file.unlink()
        old.rmdir()
    return stored


class _RankerLoader:
    """A loader that combines the latest saved model with the current snapshot into a ranker."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.clear()

    def clear(self) -> None:
        self.loaded: tuple[Model, Ids] | None = None
        self.name = ""
        self.checked_at = -LIFETIMES["saved model"].seconds
        self.ranker: Ranker | None = None

    def ranker_for(self, snapshot: CatalogueSnapshot) -> Ranker:
        self._load_latest()
        ranker = self.ranker
        if ranker is not None and ranker.snapshot is snapshot:
            return ranker
        with self.lock:
            if self.ranker is None or self.ranker.snapshot is not snapshot:
                model, clip_ids = self.loaded or _untrained(snapshot)
                self.ranker = Ranker.of(snapshot, model, clip_ids)
            return self.ranker

    def _load_latest(self) -> None:
        if time.monotonic() - self.checked_at < LIFETIMES["saved model"].seconds:
            return
        self.checked_at = time.monotonic()
        latest = max(models_folder().glob("[0-9]*"), default=None)
        if latest is not None and latest.name != self.name:
            self.name = latest.name
            try:
                self.loaded, self.ranker = (load_model(latest / "model.npz"), np.load(latest / "clips.npy")), None
            except WrongModelVersion as error:  # after an upgrade, keep the current model until the next training
                logger.warning("Ignoring a saved model: %s", error)


def _untrained(snapshot: CatalogueSnapshot) -> tuple[Model, Ids]:
    rows = snapshot.rows_newest_first()
    no_ids = np.empty(0, np.int64)
    no_events = EventLog(no_ids, no_ids, no_ids, no_ids, np.empty(0, np.float32), np.empty(0, np.bool_))
    return Model.of(fit_model(no_events, snapshot.items_of(rows)).tables, UNTRAINED), snapshot.ids[rows]


_loader = _RankerLoader()
on_clear(_loader.clear)


def ranker_for(snapshot: CatalogueSnapshot) -> Ranker:
    """Return a ranker that combines this snapshot with the latest saved model."""
    return _loader.ranker_for(snapshot)
