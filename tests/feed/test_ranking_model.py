"""The model: what it recommends, how it explains that, and how viewers' wishes change it."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from feed.ranking import TERMS, EventLog, History, Items, Model, Taste, fit_model, load_model, save_model
from feed.ranking.candidates import ViewerProfile
from feed.ranking.explanations import Explainer, Explanation, join_terms
from feed.ranking.fitting import hold_out
from feed.ranking.interactions import KINDS, NO_IDS
from feed.ranking.model import MAX_AIM, ScoredItems
from feed.ranking.tables import Tables
from feed.ranking.weights import Weights

WATCH = KINDS.index("watch")
VIEWERS, CLIPS = 60, 40


@pytest.fixture(scope="module")
def items() -> Items:
    """Return 40 clips: the first 20 in category 0, the others in 1; one creator for every four clips."""
    return Items.of([[int(item >= 20)] for item in range(CLIPS)], [item // 4 for item in range(CLIPS)])


@pytest.fixture(scope="module")
def events() -> EventLog:
    """Return a log of two groups, who each enjoy ten clips of one half, one after the other, and skip one of the other."""
    rows = []
    for viewer in range(VIEWERS):
        half = viewer % 2 * 20
        rows += [(viewer, half + (viewer + step) % 20, 1000 * step + viewer, True) for step in range(10)]
        rows.append((viewer, (half + 20 + viewer) % 40, 10_000 + viewer, False))
    viewers, items, at, satisfied = (np.array(column) for column in zip(*rows, strict=True))
    kind = np.full(len(rows), WATCH, np.int8)
    return EventLog(viewers, items, at, kind, np.ones(len(rows), np.float32), satisfied)


@pytest.fixture(scope="module")
def model(events: EventLog, items: Items) -> Model:
    """Return the model with its start weights."""
    return Model.of(Tables.of(events, items, window_s=0), Weights())


def test_fit_on_few_viewers_keeps_the_start_weights(events: EventLog, items: Items) -> None:
    assert fit_model(events, items).weights == Weights()


def test_scores_fall_and_are_the_sums_of_their_terms(model: Model) -> None:
    page = model.recommend(np.array([3, 4]), np.array([1]), 12)
    assert len(page) == 12
    assert (np.diff(page.scores) <= 0).all()
    assert page.terms.shape == (12, len(TERMS))
    np.testing.assert_allclose(page.terms.sum(axis=1), page.scores, rtol=1e-5)


def test_one_event_changes_the_next_page(model: Model) -> None:
    before = model.recommend(NO_IDS, NO_IDS, 8)
    after = model.recommend(np.array([25]), NO_IDS, 8)
    assert (before.items < 20).any()
    assert (after.items >= 20).all()


def test_clips_of_the_history_are_excluded_by_default(model: Model) -> None:
    assert not np.isin(model.recommend(np.array([25, 26]), NO_IDS, 38).items, [25, 26]).any()
    assert 25 in model.recommend(np.array([25, 26]), NO_IDS, 40, excluded=NO_IDS).items


def test_interests_lead_a_new_viewers_page_without_filtering_it(model: Model) -> None:
    page = model.recommend(NO_IDS, np.array([1]), CLIPS)
    assert sorted(page.items.tolist()) == list(range(CLIPS))
    assert page.items[:10].min() >= 20
    assert page.terms[0, TERMS.index("interest")] > 0


def test_a_skipped_clip_raises_nothing(model: Model) -> None:
    without = model.recommend(NO_IDS, NO_IDS, CLIPS, excluded=np.array([25]))
    skipped = model.recommend(History(np.array([25]), np.zeros(1, np.float32)), NO_IDS, CLIPS)
    assert skipped.items.tolist() == without.items.tolist()
    np.testing.assert_array_equal(skipped.terms, without.terms)


def test_not_interested_lowers_the_clips_creator_and_category(model: Model) -> None:
    neutral = model.rank(np.array([3]), NO_IDS, np.arange(CLIPS))
    lowered = model.rank(History(np.array([21, 3]), np.array([-1, 1], np.float32)), NO_IDS, np.arange(CLIPS))
    before = dict(zip(neutral.items.tolist(), neutral.scores.tolist(), strict=True))
    after = dict(zip(lowered.items.tolist(), lowered.scores.tolist(), strict=True))
    assert after[22] < before[22] / 2
    assert after[30] < before[30]


def test_rank_returns_every_candidate_with_the_scores_of_recommend(model: Model) -> None:
    history, interests = np.array([3, 4]), np.array([0])
    page = model.recommend(history, interests, 10)
    ranked = model.rank(history, interests, page.items[::-1])
    assert ranked.items.tolist() == page.items.tolist()
    np.testing.assert_allclose(ranked.terms, page.terms, rtol=1e-6)


def test_a_new_clip_is_found_by_category_and_creator_without_a_fit(model: Model) -> None:
    grown = model.with_items(Items.of([[1], [7]], [6, 99]))
    ranked = grown.rank(np.array([25]), NO_IDS, np.array([CLIPS, CLIPS + 1]), followed=np.array([99]))
    assert (ranked.scores > 0).all()
    term = dict(zip(ranked.items.tolist(), ranked.terms, strict=True))
    assert term[CLIPS][TERMS.index("category")] > term[CLIPS + 1][TERMS.index("category")]
    assert term[CLIPS + 1][TERMS.index("creator")] > 0
    assert (
        grown.recommend(np.array([CLIPS, 25]), NO_IDS, 3).items.tolist()
        == model.recommend(np.array([25]), NO_IDS, 3).items.tolist()
    ), "a history may contain a clip without neighbours"


def test_an_item_beyond_the_model_is_ignored_in_a_history(model: Model) -> None:
    expected, page = model.recommend(np.array([25]), NO_IDS, 5), model.recommend(np.array([25, 999]), NO_IDS, 5)
    assert page.items.tolist() == expected.items.tolist()


def test_a_saved_model_recommends_the_same_from_mapped_memory(model: Model, tmp_path: Path) -> None:
    save_model(model, tmp_path / "model.npz")
    loaded = load_model(tmp_path / "model.npz")
    assert [path.name for path in tmp_path.iterdir()] == ["model.npz"]
    assert not loaded.tables.together.weights.flags.owndata
    assert loaded.weights == model.weights
    before, after = (version.recommend(np.array([3, 25]), np.array([1]), 9) for version in (model, loaded))
    assert before.items.tolist() == after.items.tolist()
    assert before.terms.tolist() == after.terms.tolist()


def explain_first(model: Model, page: ScoredItems, history: History, interests: list[int]) -> tuple[Explanation, ...]:
    viewer = ViewerProfile.of(history, np.array(interests, np.int64), NO_IDS)
    return Explainer(model, viewer).explain(int(page.items[0]), page.terms[0])


def test_explanations_are_the_largest_terms_and_name_their_subject(model: Model) -> None:
    history = History.enjoyed([24, 25])
    page = model.recommend(history, NO_IDS, 1)
    explanations = explain_first(model, page, history, [])
    shares = [explanation.share for explanation in explanations]
    assert shares == sorted(shares, reverse=True)
    assert explanations[0].term == TERMS[int(np.argmax(join_terms(page.terms[0])))]
    assert explanations[0].item in (24, 25)
    page = model.recommend(NO_IDS, np.array([1]), 1)
    explanations = explain_first(model, page, History.enjoyed([]), [1])
    assert {(explanation.term, explanation.category) for explanation in explanations} == {
        ("interest", 1),
        ("popular", None),
    }


def test_a_taste_multiplies_the_category_or_the_term_that_it_names(model: Model) -> None:
    page = model.recommend(NO_IDS, np.array([1]), 1)
    less_of_category = model.rank(NO_IDS, np.array([1]), page.items, taste=Taste(categories={1: 0.5}))
    assert less_of_category.scores[0] == pytest.approx(page.scores[0] / 2, rel=1e-6)
    less_popular = model.rank(NO_IDS, np.array([1]), page.items, taste=Taste(terms={"popular": 0.5}))
    popular, interest = TERMS.index("popular"), TERMS.index("interest")
    assert less_popular.terms[0, popular] == pytest.approx(page.terms[0, popular] / 2, rel=1e-6)
    assert less_popular.terms[0, interest] == page.terms[0, interest]


def test_goals_change_without_a_new_fit(model: Model) -> None:
    assert model.with_goals({"satisfied": 2.0}).lift.tolist() == model.lift.tolist()
    with pytest.raises(ValueError, match="unknown goal"):
        model.with_goals({"smiles": 1.0})


def test_a_clock_that_starts_anew_for_each_viewer_holds_out_the_last_clip_of_each(events: EventLog) -> None:
    own_clock = hold_out(events)
    assert own_clock.window_s > 0
    lengths = np.where(events.viewer == 0, 1, 100)
    stretched = EventLog(events.viewer, events.item, events.at // lengths, events.kind, events.value, events.satisfied)
    restarted = hold_out(stretched)
    assert restarted.window_s == 0
    assert len(restarted.viewers) == VIEWERS
    assert [len(targets) for targets in restarted.targets] == [1] * VIEWERS


def log_of_sequences(viewers: int) -> tuple[EventLog, Items]:
    """Return a log whose viewers each go through the clips in order, from a clip of their own."""
    steps = 8
    viewer = np.repeat(np.arange(viewers), steps)
    item = (viewer * 7 + np.tile(np.arange(steps), viewers)) % 60
    at = np.tile(np.arange(steps), viewers) * 1000 + viewer
    ones = np.ones(len(viewer), np.float32)
    watches = np.full(len(viewer), KINDS.index("watch"), np.int8)
    return EventLog(viewer, item, at, watches, ones, ones > 0), Items.of([[clip % 6] for clip in range(60)], [0] * 60)


def test_exploration_is_weaker_where_the_log_shows_what_newcomers_enjoy_next() -> None:
    log, items = log_of_sequences(400)
    assert fit_model(log, items).weights.exploration < 1
    few, items = log_of_sequences(40)
    assert fit_model(few, items).weights.exploration == 1, "a log of few viewers says nothing"


def test_goals_change_a_score_by_a_limited_factor(events: EventLog, items: Items) -> None:
    bought = replace(events, kind=np.where(events.item == 0, KINDS.index("purchase"), events.kind))
    model = fit_model(bought, items).with_goals({"satisfied": 1, "purchase": 100})
    assert model.aim.min() >= 1 / MAX_AIM and model.aim.max() <= np.float32(MAX_AIM)
    unheard_of = fit_model(events, items).with_goals({"satisfied": 1, "cart": 100})
    assert (unheard_of.aim == 1).all(), "nobody has reached the goal"
