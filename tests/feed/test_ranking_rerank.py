"""The learned re-rank: what trees learn, when they stay, and whom they leave alone."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from feed.ranking import Events, Items, Model, load_model, save_model
from feed.ranking.interactions import KINDS, Doubles
from feed.ranking.model import NOBODY, Weights
from feed.ranking.rerank import Listed, Rerank, learn
from feed.ranking.tables import Tables
from feed.ranking.trees import Trees

CLIPS = 30


def draw_judges(*, helps: bool) -> list[Listed]:
    """Draw lists of 50 whose scores say little; the third sign tells what comes next, or nothing does."""
    random = np.random.default_rng(3)
    judges = []
    for _judge in range(300):
        rows = random.random((50, 5)).astype(np.float32)
        score: Doubles = np.sort(random.random(50))[::-1]
        hits = (random.random(50) < (np.where(rows[:, 2] > 0.8, 0.4, 0.02) if helps else 0.1)).astype(np.float64)
        if hits.any():
            judges.append(Listed(rows, score, hits, int(hits.sum())))
    return judges


def test_trees_learn_what_the_start_does_not_know() -> None:
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


def test_no_tree_predicts_nothing() -> None:
    assert Trees.none().predict(np.ones((2, 3), np.float32)).tolist() == [0, 0]


def test_trees_stay_only_where_they_help_those_they_were_not_fitted_on() -> None:
    helpful = learn(draw_judges(helps=True))
    assert len(helpful)
    low, high = helpful.predict(np.array([[0.5, 0.5, 0.1, 0.5, 0.5], [0.5, 0.5, 0.95, 0.5, 0.5]], np.float32))
    assert high > low
    assert not len(learn(draw_judges(helps=False)))


@pytest.fixture
def model() -> Model:
    """Give a model with one tree that doubles the log-odds of the second half, by the clips' own signs."""
    items = Items.of([[item % 3] for item in range(CLIPS)], [-1] * CLIPS)
    viewer, item = np.repeat(np.arange(20), 4), np.arange(80) * 7 % CLIPS
    kind = np.full(80, KINDS.index("watch"), np.int8)
    events = Events(viewer, item, np.arange(80), kind, np.ones(80, np.float32), np.ones(80, np.bool_))
    tables = Tables.of(events, items, window_s=0)
    tree = Trees(np.zeros((1, 3), np.int64), np.full((1, 3), 0.5, np.float32), np.array([[0] * 7 + [5]], np.float32))
    signs = np.append(np.arange(CLIPS) >= 15, False).astype(np.float32)[:, None]
    return Model.of(tables, Weights(), rerank=Rerank(tree, signs))


def test_a_viewer_with_a_history_is_ranked_anew_and_a_newcomer_is_not(model: Model) -> None:
    plain = replace(model, rerank=Rerank(Trees.none(), model.rerank.signs))
    newcomer = model.recommend(NOBODY, np.array([1]), CLIPS)
    assert newcomer.items.tolist() == plain.recommend(NOBODY, np.array([1]), CLIPS).items.tolist()
    page = model.recommend(np.array([2, 3]), NOBODY, 8)
    assert page.items.min() >= 15
    assert plain.recommend(np.array([2, 3]), NOBODY, 8).items.min() < 15
    np.testing.assert_allclose(page.terms.sum(axis=1), page.scores, rtol=1e-5)


def test_a_clip_published_since_takes_the_signs_of_one_that_nobody_met(model: Model) -> None:
    grown = model.with_items(Items.of([[1]], [-1]))
    assert grown.rerank.signs.shape == (CLIPS + 2, 1)
    scored = grown.rank(np.array([2]), NOBODY, np.array([CLIPS, 20]))
    assert scored.items.tolist() == [20, CLIPS]


def test_trees_are_kept_with_the_model(model: Model, tmp_path: Path) -> None:
    save_model(model, tmp_path / "model.npz")
    loaded = load_model(tmp_path / "model.npz")
    before, after = (each.recommend(np.array([2, 3]), NOBODY, 9) for each in (model, loaded))
    assert before.scores.tolist() == after.scores.tolist()
