"""The learned re-rank: what trees learn, when they are used, and for whom."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from feed.ranking import EventLog, Items, Model, load_model, save_model
from feed.ranking.interactions import KINDS, NO_IDS, Doubles
from feed.ranking.rerank import Rerank, ValidationList, learn_trees
from feed.ranking.tables import Tables
from feed.ranking.trees import Trees
from feed.ranking.weights import Weights

CLIPS = 30


def draw_lists(*, helps: bool) -> list[ValidationList]:
    """Return lists of 50 whose scores say little; the third signal predicts what comes next, or (not `helps`) nothing does."""
    random = np.random.default_rng(3)
    lists = []
    for _list in range(300):
        rows = random.random((50, 5)).astype(np.float32)
        score: Doubles = np.sort(random.random(50))[::-1]
        hits = (random.random(50) < (np.where(rows[:, 2] > 0.8, 0.4, 0.02) if helps else 0.1)).astype(np.float64)
        if hits.any():
            lists.append(ValidationList(rows, score, hits, int(hits.sum())))
    return lists


def test_trees_learn_what_the_start_does_not_explain() -> None:
    random = np.random.default_rng(1)
    rows = random.random((4000, 3)).astype(np.float32)
    odds = np.where((rows[:, 0] > 0.5) & (rows[:, 1] > 0.5), 2.0, -2.0)
    hits = (random.random(4000) < 1 / (1 + np.exp(-odds))).astype(np.float64)
    trees = Trees.fit(rows, hits, np.ones(4000), np.zeros(4000))
    corner = trees.predict(np.array([[0.9, 0.9, 0.5], [0.9, 0.1, 0.5], [0.1, 0.9, 0.5]], np.float32))
    assert corner[0] > 1
    assert max(corner[1:]) < -1
    again = Trees.fit(rows, hits, np.ones(4000), np.zeros(4000))
    np.testing.assert_array_equal(again.values, trees.values)


def test_an_empty_set_of_trees_predicts_zero() -> None:
    assert Trees.none().predict(np.ones((2, 3), np.float32)).tolist() == [0, 0]


def test_trees_are_used_only_if_they_help_viewers_they_were_not_fitted_on() -> None:
    helpful = learn_trees(draw_lists(helps=True))
    assert len(helpful)
    low, high = helpful.predict(np.array([[0.5, 0.5, 0.1, 0.5, 0.5], [0.5, 0.5, 0.95, 0.5, 0.5]], np.float32))
    assert high > low
    assert not len(learn_trees(draw_lists(helps=False)))


@pytest.fixture
def model() -> Model:
    """Return a model with one tree that adds 5 to the log-odds of the second half, by the clips' own signals."""
    items = Items.of([[item % 3] for item in range(CLIPS)], [-1] * CLIPS)
    viewer, item = np.repeat(np.arange(20), 4), np.arange(80) * 7 % CLIPS
    kind = np.full(80, KINDS.index("watch"), np.int8)
    events = EventLog(viewer, item, np.arange(80), kind, np.ones(80, np.float32), np.ones(80, np.bool_))
    tables = Tables.of(events, items, window_s=0)
    tree = Trees(np.zeros((1, 3), np.int64), np.full((1, 3), 0.5, np.float32), np.array([[0] * 7 + [5]], np.float32))
    signals = np.append(np.arange(CLIPS) >= 15, False).astype(np.float32)[:, None]
    return Model.of(tables, Weights(), rerank=Rerank(tree, signals))


def test_only_viewers_with_a_history_are_reranked(model: Model) -> None:
    plain = replace(model, rerank=Rerank(Trees.none(), model.rerank.signals))
    newcomer = model.recommend(NO_IDS, np.array([1]), CLIPS)
    assert newcomer.items.tolist() == plain.recommend(NO_IDS, np.array([1]), CLIPS).items.tolist()
    page = model.recommend(np.array([2, 3]), NO_IDS, 8)
    assert page.items.min() >= 15
    assert plain.recommend(np.array([2, 3]), NO_IDS, 8).items.min() < 15
    np.testing.assert_allclose(page.terms.sum(axis=1), page.scores, rtol=1e-5)


def test_a_clip_published_since_has_the_signals_of_a_clip_without_events(model: Model) -> None:
    grown = model.with_items(Items.of([[1]], [-1]))
    assert grown.rerank.signals.shape == (CLIPS + 2, 1)
    scored = grown.rank(np.array([2]), NO_IDS, np.array([CLIPS, 20]))
    assert scored.items.tolist() == [20, CLIPS]


def test_trees_are_saved_with_the_model(model: Model, tmp_path: Path) -> None:
    save_model(model, tmp_path / "model.npz")
    loaded = load_model(tmp_path / "model.npz")
    before, after = (version.recommend(np.array([2, 3]), NO_IDS, 9) for version in (model, loaded))
    assert before.scores.tolist() == after.scores.tolist()
