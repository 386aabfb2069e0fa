"""The ranking model of this process, brought together with the shelf: which item is which clip, and what may be shown.

`feed.ranking` knows items by number. The artefact of the last rebuild brings its own order; clips published since
follow behind it. Before the first rebuild there is a model that has counted nothing and goes by what is new.
"""

import logging
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import numpy as np
from django.conf import settings
from numpy.typing import NDArray

from feed.page.snapshot import Shelf
from feed.ranking import Events, Items, Model, OtherVersion, load_model, save_model
from feed.ranking.diversify import Clip
from feed.ranking.explore import FIRST_VIEWS
from feed.ranking.model import Weights

logger = logging.getLogger(__name__)
LOOK_AGAIN_S = 15.0
KEPT_MODELS = 2
HARDLY_SEEN = 500
NEWEST = 200

UNLEARNED = Weights(popular=0.02, category=1.0, creator=0.3)
"""Before anything was counted there is no popularity to go by, only what the viewer chose and did."""

Rows = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Engine:
    """`row_of[item]` is the clip's row on the shelf, -1 when it is gone; `item_of[row]` the way back.

    `absent` are the items that are gone. `standing` is the shelf's, by item. `hardly_seen` and `newest` are items, newest first. `clips` are what the
    rules of a page look at, kept once made.
    """

    shelf: Shelf
    model: Model
    row_of: Rows
    item_of: Rows
    absent: Rows
    standing: NDArray[np.float32]
    adult: Rows
    hardly_seen: Rows
    newest: Rows
    views_of_creator: dict[int, int]
    clips: dict[int, Clip] = field(default_factory=dict)

    @classmethod
    def of(cls, shelf: Shelf, model: Model, clip_ids: Rows) -> Self:
        """Join a model, whose item n is the clip `clip_ids[n]`, with the shelf."""
        since = shelf.rows_of(shelf.ids[~np.isin(shelf.ids, clip_ids)])
        since = since[np.argsort(-shelf.published_at[since], kind="stable")]
        if len(since):
            model = model.with_items(items_of(shelf, since))
        every = np.concatenate([clip_ids, shelf.ids[since]])
        row_of = np.full(len(every), -1, np.int64)
        there = np.isin(every, shelf.ids)
        row_of[there] = np.searchsorted(shelf.ids, every[there])
        item_of = np.zeros(len(shelf), np.int64)
        item_of[row_of[there]] = np.flatnonzero(there)
        standing = np.ones(len(every), np.float32)
        standing[item_of] = shelf.standing
        by_age = np.argsort(-shelf.published_at, kind="stable")
        creators, places = np.unique(shelf.creators, return_inverse=True)
        views = np.bincount(places, weights=shelf.shown, minlength=len(creators)).astype(int)
        return cls(
            shelf,
            model,
            row_of,
            item_of,
            np.flatnonzero(~there),
            standing,
            item_of[shelf.is_adult],
            item_of[by_age[shelf.shown[by_age] < FIRST_VIEWS][:HARDLY_SEEN]],
            item_of[by_age[:NEWEST]],
            dict(zip(creators.tolist(), views.tolist(), strict=True)),
        )

    def items(self, clip_ids: Rows) -> Rows:
        """Return the items of those clips that are on the shelf, in the order given."""
        return self.item_of[self.shelf.rows_of(clip_ids)]


def items_of(shelf: Shelf, rows: Rows) -> Items:
    return Items.of([shelf.categories[row] for row in rows.tolist()], shelf.creators[rows].tolist())


def newest_first(shelf: Shelf) -> Rows:
    """Return the rows as a model takes them: among equals the first one wins, and that is the newest."""
    return np.argsort(-shelf.published_at, kind="stable")


def models_folder() -> Path:
    return Path(settings.DATA_DIR) / "ranking"


def keep_model(model: Model, clip_ids: Rows, *, name: str) -> Path:
    """Write a model with its clips into a folder of its own, seen by readers only when whole; older ones go.

    `name` sorts by time.
    """
    folder = models_folder()
    fresh = folder / f".{name}"
    fresh.mkdir(parents=True, exist_ok=True)
    save_model(model, fresh / "model.npz")
    np.save(fresh / "clips.npy", clip_ids)
    done = fresh.rename(folder / name)
    for old in sorted(folder.glob("[0-9]*"))[:-KEPT_MODELS]:
        for file in old.iterdir():
            file.unlink()
        old.rmdir()
    return done


class _Running:
    """The newest model on disk and the engine made of it for the shelf at hand."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.forget()

    def forget(self) -> None:
        self.stored: tuple[Model, Rows] | None = None
        self.name = ""
        self.looked_at = -LOOK_AGAIN_S
        self.engine: Engine | None = None

    def current(self, shelf: Shelf) -> Engine:
        self._look()
        engine = self.engine
        if engine is not None and engine.shelf is shelf:
            return engine
        with self.lock:
            if self.engine is None or self.engine.shelf is not shelf:
                model, clip_ids = self.stored or _unlearned(shelf)
                self.engine = Engine.of(shelf, model, clip_ids)
            return self.engine

    def _look(self) -> None:
        if time.monotonic() - self.looked_at < LOOK_AGAIN_S:
            return
        self.looked_at = time.monotonic()
        newest = max(models_folder().glob("[0-9]*"), default=None)
        if newest is not None and newest.name != self.name:
            self.name = newest.name
            try:
                self.stored, self.engine = (load_model(newest / "model.npz"), np.load(newest / "clips.npy")), None
            except OtherVersion as error:  # after an upgrade: go on as if there were none until the next rebuild
                logger.warning("%s", error)


def _unlearned(shelf: Shelf) -> tuple[Model, Rows]:
    rows = newest_first(shelf)
    empty = np.empty(0, np.int64)
    nothing = Events(empty, empty, empty, empty, np.empty(0, np.float32), np.empty(0, np.bool_))
    counted = Model.fit(nothing, items_of(shelf, rows))
    return Model.of(counted.tables, UNLEARNED), shelf.ids[rows]


_running = _Running()


def engine_for(shelf: Shelf) -> Engine:
    """Return the engine for this shelf; a newer model on disk is taken within 15 seconds."""
    return _running.current(shelf)


def forget_model() -> None:
    """Begin anew: for tests and benchmarks."""
    _running.forget()
