"""Saved ranking models. The training task writes them, and web processes on every machine load the latest one.

Before the first training, a model without counts ranks clips by the viewer's choices and by age.
"""

import logging
import shutil
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import numpy as np
from django.conf import settings
from numpy.typing import NDArray

from feed.page.cache import LIFETIMES, on_clear
from feed.page.ranker import Ranker
from feed.page.shared_models import CLIPS, MODEL, fetch_model, share_model, shared_models
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
    """Write a model and its clip ids to a new folder, delete old ones, share it, and return the path of the new one.

    `name` becomes the name of the folder. Names must sort by time. The folder gets its name when it is complete, so
    readers never see a partial model.
    """
    folder = models_folder()
    draft = folder / f".{name}"
    draft.mkdir(parents=True, exist_ok=True)
    save_model(model, draft / MODEL)
    np.save(draft / CLIPS, clip_ids)
    stored = draft.rename(folder / name)
    _delete_old_models()
    share_model(stored)
    return stored


def fetch_newer_model() -> None:
    """Copy the newest model of all machines to this one, if it is not here yet."""
    fetch_model(models_folder())
    _delete_old_models()


def _delete_old_models() -> None:
    for old in sorted(models_folder().glob("[0-9]*"))[:-MODELS_ON_DISK]:
        shutil.rmtree(old, ignore_errors=True)


class _RankerLoader:
    """A loader that combines the latest saved model with the current snapshot into a ranker.

    A thread looks for newer models of other machines, so that no request waits for the object store.
    """

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.fetcher = ThreadPoolExecutor(max_workers=1, thread_name_prefix="ranking-model")
        self.fetch: Future[None] | None = None
        self.clear()

    def clear(self) -> None:
        self.loaded: tuple[Model, Ids] | None = None
        self.name = ""
        self.checked_at = self.fetched_at = -LIFETIMES["saved model"].seconds
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

    def _fetch_newer(self) -> None:
        """Start to look for a newer model of another machine, unless that was done a moment ago."""
        is_running = self.fetch is not None and not self.fetch.done()
        if is_running or time.monotonic() - self.fetched_at < LIFETIMES["saved model"].seconds:
            return
        self.fetched_at = time.monotonic()
        if shared_models() is not None:
            self.fetch = self.fetcher.submit(fetch_newer_model)
            self.fetch.add_done_callback(self._check_soon)

    def _check_soon(self, _fetch: Future[None]) -> None:
        self.checked_at = -LIFETIMES["saved model"].seconds

    def _load_latest(self) -> None:
        self._fetch_newer()
        if time.monotonic() - self.checked_at < LIFETIMES["saved model"].seconds:
            return
        self.checked_at = time.monotonic()
        latest = max(models_folder().glob("[0-9]*"), default=None)
        if latest is not None and latest.name != self.name:
            self.name = latest.name
            try:
                self.loaded, self.ranker = (load_model(latest / MODEL), np.load(latest / CLIPS)), None
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
