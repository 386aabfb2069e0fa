"""Offline evaluation: reading logs, splits, cases, exact figures."""

import gzip
from pathlib import Path

import numpy as np
import pytest

from feed.ranking.evaluation import evaluate, split_cold, split_last, split_time
from feed.ranking.interactions import History, Ints
from feed.ranking.logs import read_log

EVENTS = """viewer,item,at,kind,value,satisfied
0,0,10,watch,1.0,1
0,1,20,watch,0.2,0
0,2,30,like,1,1
1,1,15,purchase,1,1
1,3,25,watch,1.5,1
1,3,35,watch,0.9,1
"""
ITEMS = "item,categories,creator\n0,1 2,5\n1,,\n2,2,6\n3,0,5\n"


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """Write a small log and return its folder."""
    (tmp_path / "events.csv.gz").write_bytes(gzip.compress(EVENTS.encode()))
    (tmp_path / "items.csv.gz").write_bytes(gzip.compress(ITEMS.encode()))
    return tmp_path


def test_a_log_is_read_as_it_was_written(log: Path) -> None:
    events, items = read_log(log)
    assert events.item.tolist() == [0, 1, 2, 1, 3, 3]
    assert events.kind.tolist() == [1, 1, 2, 10, 1, 1]
    assert events.value.tolist() == pytest.approx([1.0, 0.2, 1, 1, 1.5, 0.9])
    assert events.satisfied.tolist() == [True, False, True, True, True, True]
    assert items.category_starts.tolist() == [0, 2, 2, 3, 4]
    assert items.category_ids.tolist() == [1, 2, 2, 0]
    assert items.creator.tolist() == [5, -1, 6, 5]


def test_an_unknown_kind_or_item_is_refused(log: Path) -> None:
    (log / "items.csv.gz").write_bytes(gzip.compress(b"item,categories,creator\n0,,\n"))
    with pytest.raises(ValueError, match="names item 3"):
        read_log(log)
    (log / "events.csv.gz").write_bytes(gzip.compress(EVENTS.replace("like", "yawn").encode()))
    with pytest.raises(ValueError, match="yawn"):
        read_log(log)


def test_leave_one_out_takes_the_last_item_as_the_target(log: Path) -> None:
    events, _ = read_log(log)
    split = split_last(events)
    assert [case.targets.tolist() for case in split.cases] == [[2]], "viewer 1 has met the last item before"
    assert split.cases[0].history.items.tolist() == [0, 1]
    assert split.cases[0].history.weight.tolist() == [1, 0]


def test_more_than_the_target_can_be_left_out_of_the_fit(log: Path) -> None:
    events, _ = read_log(log)
    split = split_last(events, left_out=2)
    assert split.fitted.item.tolist() == [0, 1] and split.fitted.viewer.tolist() == [0, 1]
    assert [case.history.items.tolist() for case in split.cases] == [[0, 1]]


def test_targets_of_a_split_in_time_were_enjoyed_later_and_not_met_before(log: Path) -> None:
    events, _ = read_log(log)
    split = split_time(events, 25, 31)
    assert len(split.fitted) == 3
    assert [(case.viewer, case.targets.tolist()) for case in split.cases] == [(0, [2]), (1, [3])]


def test_cold_viewers_are_left_out_of_the_fit_and_known_by_interests_alone(log: Path) -> None:
    events, items = read_log(log)
    cold = split_cold(events, items, 30, 100, min_enjoyed=1)
    assert list(cold) == [0, 1, 2, 5, 10, 20]
    (case,) = cold[0].cases
    assert cold[0].fitted.viewer.tolist() == [1, 1]
    assert (len(case.history), case.interests.tolist(), case.excluded.tolist()) == (0, [1, 2], [0, 1])
    assert cold[1].cases[0].history.items.tolist() == [0]


def test_figures_of_a_known_page_are_exact(log: Path) -> None:
    events, items = read_log(log)
    split = split_time(events, 25, 31)

    def recommend(history: History, interests: Ints, excluded: Ints, k: int) -> Ints:
        return np.setdiff1d(np.arange(4), excluded)[:k]

    quality = evaluate(recommend, split, items, 2)
    # Viewer 0 has met 0 and 1: page 2, 3, hit at once. Viewer 1 has met 1: page 0, 2, the target 3 is missed.
    assert quality.cases == 2
    assert quality.ndcg == pytest.approx(0.5)
    assert (quality.recall, quality.hit_rate, quality.coverage, quality.new_share) == (0.5, 0.5, 0.75, 1.0)
