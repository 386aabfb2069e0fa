"""Counting: meetings from events, neighbours, popularity and trend, rates, categories."""

import numpy as np
import pytest

from feed.ranking.interactions import KINDS, NOT_INTERESTED, EventLog, Items, Sequences
from feed.ranking.neighbours import SHRINK, Neighbours, count_together, count_transitions
from feed.ranking.popularity import Popularity, count_recent
from feed.ranking.prior import (
    category_base,
    category_profile,
    category_reach,
    interest_profile,
    lift_of,
    sum_over_categories,
)
from feed.ranking.quality import item_rates, weigh_goals
from feed.ranking.tables import Tables

WATCH, LIKE = KINDS.index("watch"), KINDS.index("like")


def make_events(*rows: tuple[int, int, int, int, int]) -> EventLog:
    """Return a log from rows of (viewer, item, at, kind, satisfied)."""
    viewer, item, at, kind, satisfied = (np.array(column) for column in zip(*rows, strict=True))
    return EventLog(viewer, item, at, kind.astype(np.int8), np.ones(len(viewer), np.float32), satisfied > 0)


def test_events_of_one_viewer_and_item_become_one_meeting_at_the_last_of_them() -> None:
    events = make_events((1, 5, 10, WATCH, 0), (1, 6, 20, WATCH, 1), (1, 5, 30, LIKE, 1), (0, 5, 40, WATCH, 0))
    sequences = Sequences.of_events(events)
    assert sequences.starts.tolist() == [0, 1, 3]
    assert sequences.item.tolist() == [5, 6, 5]
    assert sequences.at.tolist() == [40, 20, 30]
    assert sequences.weight.tolist() == [0, 1, 1]
    assert sequences.order.tolist() == [0, 0, 1]


def test_not_interested_outweighs_a_long_view() -> None:
    sequences = Sequences.of_events(make_events((0, 3, 1, WATCH, 1), (0, 3, 2, NOT_INTERESTED, 0)))
    assert sequences.weight.tolist() == [-1]


def test_latest_returns_the_end_of_each_history() -> None:
    sequences = Sequences.of_events(make_events(*[(v, i, i, WATCH, 1) for v in (0, 1) for i in range(4 - v)]))
    assert sequences.latest(2).item.tolist() == [2, 3, 1, 2]


def test_no_events_make_no_sequences() -> None:
    empty = make_events((0, 0, 0, WATCH, 1)).where(np.array([False]))
    assert Sequences.of_events(empty).viewer_count == 0


def test_together_is_a_shrunk_cosine_from_met_to_enjoyed() -> None:
    # Viewers 0 and 1 met 0 and 1 and enjoyed both; viewer 2 met 0 and skipped 2.
    rows = [(v, i, i, WATCH, 1) for v in (0, 1) for i in (0, 1)]
    sequences = Sequences.of_events(make_events(*rows, (2, 0, 0, WATCH, 1), (2, 2, 1, WATCH, 0)))
    table = count_together(sequences, 3)
    count = 2 / np.sqrt(2)
    shrunk = count * count / (count + SHRINK)
    assert table.ids[: table.starts[1]].tolist() == [1]
    assert table.weights[0] == pytest.approx(shrunk * (3 + 1) ** -0.75 * (2 + 1) ** -0.5, rel=1e-6)
    skipped = table.ids[table.starts[2] : table.starts[3]]
    assert skipped.tolist() == [0], "who met clip 2 enjoyed clip 0; nobody enjoyed clip 2"
    assert 2 not in table.ids


def test_transitions_are_directed_and_fade_with_the_gap() -> None:
    table = count_transitions(Sequences.of_events(make_events(*[(0, i, i, WATCH, 1) for i in range(3)])), 3)
    rows = [table.ids[table.starts[i] : table.starts[i + 1]].tolist() for i in range(3)]
    assert rows == [[1, 2], [2], []]
    near, far = 1.0, 2**-0.6
    expected = [n * n / (n + SHRINK) * 2**-0.5 * 2**-0.25 for n in (near, far)]
    assert table.weights[:2].tolist() == pytest.approx(expected, rel=1e-6)


def test_only_the_best_neighbours_remain_in_blocks_of_any_size() -> None:
    rows = [(0, i, i, WATCH, 1) for i in range(5)]
    full = count_transitions(Sequences.of_events(make_events(*rows)), 5, pairs_per_block=1)
    best = count_transitions(Sequences.of_events(make_events(*rows)), 5, top=1, pairs_per_block=1)
    assert np.diff(full.starts).tolist() == [4, 3, 2, 1, 0]
    assert best.ids.tolist() == [1, 2, 3, 4]


def test_gather_returns_nothing_for_an_item_newer_than_the_table() -> None:
    table = count_transitions(Sequences.of_events(make_events(*[(0, i, i, WATCH, 1) for i in range(3)])), 3)
    ids, weights, lengths = table.gather(np.array([7, 0]), np.array([1, 2], np.float32))
    assert ids.tolist() == [1, 2]
    assert weights.tolist() == (2 * table.weights[:2]).tolist()
    assert lengths.tolist() == [0, 2]


def test_gather_returns_nothing_from_a_table_without_rows() -> None:
    """As in a new shop whose first viewers choose their interests before there is any clip."""
    empty = Neighbours(np.zeros(1, np.int64), np.zeros(0, np.int64), np.zeros(0, np.float32))
    ids, weights, lengths = empty.gather(np.array([0, 3]), np.ones(2, np.float32))
    assert (ids.size, weights.size, lengths.tolist()) == (0, 0, [0, 0])


def test_a_count_halves_with_each_half_life() -> None:
    counts = count_recent(np.array([0, 0, 1]), np.array([0, 86_400, 86_400]), 2, now=86_400, half_life_days=1)
    assert counts.tolist() == [1.5, 1.0]


def test_trend_rises_for_a_clip_on_its_way_up_and_is_flat_without_a_clock() -> None:
    rng = np.random.default_rng(1)
    rows = [
        (v, v % 20 if v % 2 else 20 + v % 20, int(at), WATCH, 1) for v, at in enumerate(rng.integers(0, 864_000, 4000))
    ]
    rising = [(v, i, at + 864_000 if i < 20 else at, k, s) for v, i, at, k, s in rows]
    events = make_events(*rising)
    popularity = Popularity.of(events, Sequences.of_events(events), 40, window_s=172_800)
    assert popularity.trend[1:20:2].min() > popularity.trend[20::2].max()
    still = Popularity.of(events, Sequences.of_events(events), 40, window_s=0)
    assert still.trend.tolist() == [0] * 40


def test_rates_are_smoothed_towards_the_average() -> None:
    events = make_events(*[(v, 0, v, WATCH, 1) for v in range(10)], *[(v, 1, v, WATCH, 0) for v in range(10)])
    rates = item_rates(events, 3)
    assert rates[:, 0].tolist() == pytest.approx([(10 + 20) / 50 / 0.5, 20 / 50 / 0.5, 1.0])
    assert rates[:, 1:].tolist() == [[1, 1, 1, 1]] * 3, "goals that the log does not contain are average"


def test_goals_weigh_rates_and_invalid_goals_are_refused() -> None:
    rates = np.array([[2, 1, 4, 1, 1]], np.float32)
    assert weigh_goals(rates, {"satisfied": 1, "click": 1}).tolist() == [3]
    for wrong in ({"smiles": 1.0}, {"like": -1.0, "click": 2.0}, {"like": 0.0}):
        with pytest.raises(ValueError):
            weigh_goals(rates, wrong)


def test_category_prior_prefers_what_was_enjoyed_and_never_drops_to_zero() -> None:
    items = Items.of([[0], [1], [0, 1], []], [0, 0, 1, -1])
    base = category_base(items, np.array([1, 1, 0, 0], np.float32))
    profile = category_profile(items, np.array([0]), np.ones(1, np.float32), base)
    lift = lift_of(items, np.arange(4), profile)
    assert lift[0] > lift[2] > lift[1] > 0
    assert lift[3] == 1
    assert profile.tolist() == pytest.approx([(1 / base[0] + 3) / 4, 3 / 4])


def test_an_unknown_interest_is_ignored() -> None:
    assert interest_profile(np.array([1, 99]), np.array([0.5, 0.5])).tolist() == [0, 2]


def test_a_clip_that_matches_two_interests_counts_for_both() -> None:
    items = Items.of([[0], [1], [0, 1], []], [0, 0, 1, -1])
    chance = np.full(4, 0.25, np.float32)
    profile = interest_profile(np.array([0, 1]), category_reach(items, chance))
    lift = sum_over_categories(items, np.arange(4), profile)
    assert lift.tolist() == pytest.approx([1, 1, 2, 0])
    assert (lift * chance).sum() == pytest.approx(1)


def test_a_rare_interest_lifts_its_clips_more_than_a_common_one() -> None:
    items = Items.of([[0], [0], [0], [1]], [0, 0, 1, -1])
    profile = interest_profile(np.array([0, 1]), category_reach(items, np.full(4, 0.25, np.float32)))
    assert profile[1] > profile[0] > 0


def test_recently_enjoyed_clips_are_expected_more_than_others_enjoyed_as_often() -> None:
    long_ago = [(v, v % 2, 100, WATCH, 1) for v in range(10)]
    lately = [(v + 10, 2 + v % 2, 100 + 20 * 86_400, WATCH, 1) for v in range(10)]
    tables = Tables.of(make_events(*long_ago, *lately), Items.of([[0]] * 5, [-1] * 5), window_s=0)
    assert tables.chance[2] == tables.chance[3] > 2 * tables.chance[0] > 2 * tables.chance[4] > 0
    assert tables.top.tolist() == [2, 3, 0, 1, 4]
    assert tables.chance.sum() == pytest.approx(1)
