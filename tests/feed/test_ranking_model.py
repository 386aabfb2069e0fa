"""The model: what it recommends, why, and what a viewer's word does to it."""

from pathlib import Path

import numpy as np
import pytest

from feed.ranking import TERMS, Events, History, Items, Model, Taste, load_model, save_model
from feed.ranking.explain import explain, less_of
from feed.ranking.fitting import hold_out
from feed.ranking.interactions import KINDS
from feed.ranking.model import NOBODY, Weights
from feed.ranking.tables import Tables

WATCH = KINDS.index("watch")
CROWD, CLIPS = 60, 40


@pytest.fixture(scope="module")
def items() -> Items:
    """Give 40 clips: the first 20 in category 0, the others in 1; a creator for every four clips."""
    return Items.of([[int(item >= 20)] for item in range(CLIPS)], [item // 4 for item in range(CLIPS)])


@pytest.fixture(scope="module")
def events() -> Events:
    """Give two crowds who enjoy ten clips of one half each, one after the other, and pass by one of the other half."""
    rows = []
    for viewer in range(CROWD):
        half = viewer % 2 * 20
        rows += [(viewer, half + (viewer + step) % 20, 1000 * step + viewer, True) for step in range(10)]
        rows.append((viewer, (half + 20 + viewer) % 40, 10_000 + viewer, False))
    viewer, item, at, satisfied = (np.array(column) for column in zip(*rows, strict=True))
    kind = np.full(len(rows), WATCH, np.int8)
    return Events(viewer, item, at, kind, np.ones(len(rows), np.float32), satisfied)


@pytest.fixture(scope="module")
def model(events: Events, items: Items) -> Model:
    """Give the model with its start weights."""
    return Model.of(Tables.of(events, items, window_s=0), Weights())


def test_fit_on_few_viewers_keeps_the_start_weights(events: Events, items: Items) -> None:
    assert Model.fit(events, items).weights == Weights()


def test_scores_fall_and_are_the_sums_of_their_terms(model: Model) -> None:
    page = model.recommend(np.array([3, 4]), np.array([1]), 12)
    assert len(page) == 12
    assert (np.diff(page.scores) <= 0).all()
    assert page.terms.shape == (12, len(TERMS))
    np.testing.assert_allclose(page.terms.sum(axis=1), page.scores, rtol=1e-5)


def test_one_event_turns_the_next_page(model: Model) -> None:
    before = model.recommend(NOBODY, NOBODY, 8)
    after = model.recommend(np.array([25]), NOBODY, 8)
    assert (before.items < 20).any()
    assert (after.items >= 20).all()


def test_what_was_met_is_not_shown_again_unless_asked_for(model: Model) -> None:
    assert not np.isin(model.recommend(np.array([25, 26]), NOBODY, 38).items, [25, 26]).any()
    assert 25 in model.recommend(np.array([25, 26]), NOBODY, 40, excluded=NOBODY).items


def test_interests_lean_a_newcomers_page_without_filtering_it(model: Model) -> None:
    page = model.recommend(NOBODY, np.array([1]), CLIPS)
    assert sorted(page.items.tolist()) == list(range(CLIPS))
    assert page.items[:10].min() >= 20
    assert page.terms[0, TERMS.index("interest")] > 0


def test_a_clip_passed_by_raises_nothing(model: Model) -> None:
    nothing = model.recommend(NOBODY, NOBODY, CLIPS, excluded=np.array([25]))
    passed = model.recommend(History(np.array([25]), np.zeros(1, np.float32)), NOBODY, CLIPS)
    assert passed.items.tolist() == nothing.items.tolist()
    np.testing.assert_array_equal(passed.terms, nothing.terms)


def test_a_clip_turned_away_pushes_down_its_creator_and_category(model: Model) -> None:
    neutral = model.rank(np.array([3]), NOBODY, np.arange(CLIPS))
    turned = model.rank(History(np.array([21, 3]), np.array([-1, 1], np.float32)), NOBODY, np.arange(CLIPS))
    before = dict(zip(neutral.items.tolist(), neutral.scores.tolist(), strict=True))
    after = dict(zip(turned.items.tolist(), turned.scores.tolist(), strict=True))
    assert after[22] < before[22] / 2
    assert after[30] < before[30]


def test_rank_returns_every_candidate_with_the_scores_of_recommend(model: Model) -> None:
    history, interests = np.array([3, 4]), np.array([0])
    page = model.recommend(history, interests, 10)
    ranked = model.rank(history, interests, page.items[::-1])
    assert ranked.items.tolist() == page.items.tolist()
    np.testing.assert_allclose(ranked.terms, page.terms, rtol=1e-6)


def test_a_new_clip_joins_by_category_and_creator_without_a_fit(model: Model) -> None:
    grown = model.with_items(Items.of([[1], [7]], [6, 99]))
    ranked = grown.rank(np.array([25]), NOBODY, np.array([CLIPS, CLIPS + 1]), followed=np.array([99]))
    assert (ranked.scores > 0).all()
    term = dict(zip(ranked.items.tolist(), ranked.terms, strict=True))
    assert term[CLIPS][TERMS.index("category")] > term[CLIPS + 1][TERMS.index("category")]
    assert term[CLIPS + 1][TERMS.index("creator")] > 0
    assert (
        grown.recommend(np.array([CLIPS, 25]), NOBODY, 3).items.tolist()
        == model.recommend(np.array([25]), NOBODY, 3).items.tolist()
    ), "a history may hold a clip without neighbours"


def test_an_item_beyond_the_model_is_ignored_in_a_history(model: Model) -> None:
    known, unknown = model.recommend(np.array([25]), NOBODY, 5), model.recommend(np.array([25, 999]), NOBODY, 5)
    assert known.items.tolist() == unknown.items.tolist()


def test_a_saved_model_recommends_the_same_from_mapped_memory(model: Model, tmp_path: Path) -> None:
    save_model(model, tmp_path / "model.npz")
    loaded = load_model(tmp_path / "model.npz")
    assert [path.name for path in tmp_path.iterdir()] == ["model.npz"]
    assert not loaded.tables.together.weights.flags.owndata
    assert loaded.weights == model.weights
    before, after = (each.recommend(np.array([3, 25]), np.array([1]), 9) for each in (model, loaded))
    assert before.items.tolist() == after.items.tolist()
    assert before.terms.tolist() == after.terms.tolist()


def test_reasons_are_the_largest_terms_and_name_what_they_speak_of(model: Model) -> None:
    history = History.enjoyed([24, 25])
    page = model.recommend(history, NOBODY, 1)
    reasons = explain(model, history, NOBODY, int(page.items[0]), page.terms[0])
    assert [reason.share for reason in reasons] == sorted((reason.share for reason in reasons), reverse=True)
    assert reasons[0].term == TERMS[int(np.argmax(page.terms[0]))]
    assert reasons[0].item in (24, 25)
    newcomer = model.recommend(NOBODY, np.array([1]), 1)
    told = explain(model, History.enjoyed([]), np.array([1]), int(newcomer.items[0]), newcomer.terms[0])
    assert {(reason.term, reason.category) for reason in told} == {("interest", 1), ("popular", None)}


def test_less_of_halves_what_the_reason_speaks_of(model: Model) -> None:
    newcomer = model.recommend(NOBODY, np.array([1]), 1)
    item = int(newcomer.items[0])
    told = explain(model, History.enjoyed([]), np.array([1]), item, newcomer.terms[0])
    by_term = {reason.term: reason for reason in told}
    once = less_of(Taste(), by_term["interest"])
    assert once == Taste(categories={1: 0.5})
    assert less_of(once, by_term["interest"]).categories == {1: 0.25}
    assert less_of(once, by_term["popular"]).terms == {"popular": 0.5}
    less = model.rank(NOBODY, np.array([1]), np.array([item]), taste=once)
    assert less.scores[0] == pytest.approx(newcomer.scores[0] / 2, rel=1e-6)


def test_goals_reorder_without_a_new_fit(model: Model) -> None:
    assert model.with_goals({"satisfied": 2.0}).lift.tolist() == model.lift.tolist()
    with pytest.raises(ValueError, match="unknown goal"):
        model.with_goals({"smiles": 1.0})


def test_a_clock_that_starts_anew_for_each_viewer_holds_out_the_last_clip_of_each(events: Events) -> None:
    own_clock = hold_out(events)
    assert own_clock.window_s > 0
    lengths = np.where(events.viewer == 0, 1, 100)
    stretched = Events(events.viewer, events.item, events.at // lengths, events.kind, events.value, events.satisfied)
    restarted = hold_out(stretched)
    assert restarted.window_s == 0
    assert len(restarted.viewers) == CROWD
    assert [len(wanted) for wanted in restarted.wanted] == [1] * CROWD
