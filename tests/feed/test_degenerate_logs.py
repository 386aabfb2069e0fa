"""A fit ends and yields a usable model, whatever the log is like."""

from typing import Any

import numpy as np
import pytest

from feed.ranking import KINDS, EventLog, fit_model
from feed.ranking.fitting import hold_out
from feed.ranking.interactions import NO_IDS, Items

CLIPS = 40


def make_log(viewer: Any, item: Any, at: Any, *, kind: str = "watch", satisfied: bool = True) -> EventLog:
    viewer = np.asarray(viewer, np.int64)
    count = len(viewer)
    kinds = np.full(count, KINDS.index(kind), np.int8)
    values = np.ones(count, np.float32)
    is_satisfied = np.full(count, satisfied)
    return EventLog(viewer, np.asarray(item, np.int64), np.asarray(at, np.int64), kinds, values, is_satisfied)


def draw(count: int, limit: int) -> Any:
    return np.random.default_rng(3).integers(0, limit, count)


EACH_ONCE = np.arange(3000)
LOGS = {
    "nothing": make_log([], [], []),
    "one-event": make_log([0], [0], [10]),
    "one-viewer": make_log(np.zeros(500), draw(500, CLIPS), np.arange(500)),
    "one-clip": make_log(draw(3000, 300), np.zeros(3000), np.arange(3000)),
    "one-time-visitors": make_log(EACH_ONCE, draw(3000, CLIPS), np.arange(3000)),
    "equal-times": make_log(draw(3000, 300), draw(3000, CLIPS), np.full(3000, 7)),
    "nobody-satisfied": make_log(draw(3000, 300), draw(3000, CLIPS), np.arange(3000), satisfied=False),
    "same-clip-again": make_log(
        np.repeat(np.arange(300), 10), np.repeat(np.arange(300) % CLIPS, 10), np.tile(np.arange(10), 300)
    ),
    "everybody-saw-everything": make_log(
        np.repeat(np.arange(300), CLIPS), np.tile(np.arange(CLIPS), 300), np.arange(300 * CLIPS)
    ),
}


@pytest.mark.timeout(60)
@pytest.mark.parametrize("name", LOGS)
def test_fit_of_a_degenerate_log_ends(name: str) -> None:
    items = Items.of([(clip % 5,) for clip in range(CLIPS)], [clip % 7 for clip in range(CLIPS)])
    model = fit_model(LOGS[name], items)
    best = model.recommend(NO_IDS, k=8)
    assert len(best) == 8
    assert np.isfinite(best.scores).all()


def test_no_event_about_a_held_out_viewer_and_clip_is_fitted() -> None:
    viewer, item = np.repeat(np.arange(300), 12), np.tile(np.arange(12), 300)
    at = np.tile(np.arange(12), 300) * 300 + viewer
    watches, likes = make_log(viewer, item, at), make_log(viewer, item, at - 1, kind="like")
    columns = zip(
        *(
            (getattr(log, name) for name in ("viewer", "item", "at", "kind", "value", "satisfied"))
            for log in (watches, likes)
        ),
        strict=True,
    )
    held_out = hold_out(EventLog(*(np.concatenate(pair) for pair in columns)))
    fitted = set(zip(held_out.fitted.viewer.tolist(), held_out.fitted.item.tolist(), strict=True))
    targets = {
        (int(who), int(clip)) for who, clips in zip(held_out.viewers, held_out.targets, strict=True) for clip in clips
    }
    assert targets and not fitted & targets
