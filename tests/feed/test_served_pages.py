"""What viewers get is what is measured: pages with goals, exploration within the operator's limits, and a fit that ends."""

import itertools
import uuid
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from billiard.exceptions import SoftTimeLimitExceeded
from django.test import Client
from django.utils import timezone

from feed import tasks, training
from feed.goals import weigh_shop_goals
from feed.models import ModelFit
from feed.page.model_store import models_folder
from feed.page.ranked_list import RankedList, rank_clips
from feed.page.ranker import Ranker
from feed.page.served import serve_pages, snapshot_of_log
from feed.page.viewer_state import ViewerState
from feed.ranking import History, Items, fit_model
from feed.ranking.interactions import NO_IDS
from tests.feed.test_ranking_model import log_of_sequences
from tests.feed.watching import make_watchable_clip


@pytest.fixture(scope="module")
def ranker() -> Ranker:
    """Return a ranker whose log has taught it not to explore on whole pages."""
    log, items = log_of_sequences(400)
    model = weigh_shop_goals(fit_model(log, items), {})
    assert model.weights.exploration == 0
    return Ranker.of(snapshot_of_log(items, log), model, np.arange(items.count))


def rank(ranker: Ranker, history: list[int], *, explores: bool = True) -> RankedList:
    items = np.array(history, np.int64)
    viewer = ViewerState(key=uuid.uuid4(), history=items, weights=np.ones(len(items), np.float32), seen=items)
    random = np.random.default_rng(1)
    return rank_clips(ranker=ranker, viewer=viewer, excluded=items, is_adult=True, random=random, explores=explores)


def test_category_that_was_skipped_often_is_not_looked_at_again(ranker: Ranker) -> None:
    others = [item for item in range(60) if item % 6 in (1, 2, 3)]
    items = np.array([12, 18, *others[:12]], np.int64)
    weights = np.array([1, 1, *[0] * 12], np.float32)
    viewer = ViewerState(key=uuid.uuid4(), history=items, weights=weights, seen=items)
    ranked = rank_clips(ranker=ranker, viewer=viewer, excluded=items, is_adult=True, random=np.random.default_rng(1))
    looked_at = {ranker.snapshot.categories[item] for item in ranked.looks}
    assert looked_at and looked_at <= {(4,), (5,)}


def page_of(ranked: RankedList) -> list[int]:
    return list(ranked.select(served=[], opening={}, count=8).products)


def test_six_of_eight_places_are_the_models(ranker: Ranker) -> None:
    best = ranker.model.recommend(History.enjoyed([10, 11]), NO_IDS, 8).items.tolist()
    page = page_of(rank(ranker, [10, 11]))
    assert page[:4] == best[:4] and set(page[5:7]) <= set(best)


def test_a_newcomers_eighth_place_is_for_an_unknown_category_and_says_so(ranker: Ranker) -> None:
    ranked = rank(ranker, [12, 18])  # both are of category 0
    look = page_of(ranked)[7]
    assert ranker.snapshot.categories[look] != (0,)
    assert ranked.reason_codes(look)[0].startswith("look:") or look in ranked.terms


@pytest.mark.parametrize(("limits", "strength"), [((0, 100), 0.0), ((30, 100), 0.3), ((100, 100), 1.0), ((0, 0), 0.0)])
def test_operators_limits_hold(ranker: Ranker, settings: Any, limits: tuple[int, int], strength: float) -> None:
    settings.FEED_EXPLORATION_MIN, settings.FEED_EXPLORATION_MAX = limits
    assert rank(ranker, [1]).exploration.strength == strength
    assert rank(ranker, [1], explores=False).exploration.strength == 0


def test_page_as_served_is_measured_without_what_the_viewer_has_seen() -> None:
    log, items = log_of_sequences(100)
    recommend = serve_pages(fit_model(log, items), items, log)
    page = recommend(History.enjoyed([3, 4]), NO_IDS, np.array([3, 4]), 20)
    assert len(set(page.tolist())) == 20 and not {3, 4} & set(page.tolist())
    few = Items.of([[0]] * 5, [0] * 5)
    empty = log.where(np.zeros(len(log), np.bool_))
    assert len(serve_pages(fit_model(empty, few), few, empty)(History.enjoyed(NO_IDS), NO_IDS, NO_IDS, 20)) == 5


@pytest.mark.django_db
@pytest.mark.parametrize("failure", [SoftTimeLimitExceeded(), ValueError("degenerate")])
def test_fit_that_fails_keeps_the_model_and_its_age_grows(
    client: Client, settings: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch, failure: Exception
) -> None:
    settings.DATA_DIR = tmp_path
    make_watchable_clip()
    assert "feedsite_ranking_age_seconds +Inf" in client.get("/metrics").content.decode()
    tasks.learn()
    [stored] = models_folder().glob("[0-9]*")
    ModelFit.objects.update(finished_at=timezone.now() - timedelta(hours=4))

    def fail(*_arguments: Any) -> None:
        raise failure

    monkeypatch.setattr(training, "fit_model", fail)
    with pytest.raises(type(failure)):
        tasks.learn()
    assert [path.name for path in models_folder().glob("[0-9]*")] == [stored.name]
    metrics = client.get("/metrics").content.decode()
    [age] = [
        float(line.split()[1]) for line in metrics.splitlines() if line.startswith("feedsite_ranking_age_seconds ")
    ]
    assert 4 * 3600 <= age < 4 * 3600 + 600
    assert tasks.learn.soft_time_limit < tasks.learn.time_limit


def test_two_newcomers_share_the_best_clips_and_at_most_half_of_a_page(ranker: Ranker) -> None:
    random = np.random.default_rng(1)
    viewer = ViewerState(key=uuid.uuid4())
    nobody = np.array([], np.int64)

    def newcomers_page() -> list[int]:
        ranked = rank_clips(ranker=ranker, viewer=viewer, excluded=nobody, is_adult=True, random=random)
        return page_of(ranked)

    pages = [newcomers_page() for _newcomer in range(40)]
    shared = [len(set(one) & set(other)) for one, other in itertools.combinations(pages, 2)]
    assert np.mean(shared) <= 4 and np.mean(np.array(shared) <= 4) >= 0.8
    best = ranker.model.recommend(History.enjoyed([]), NO_IDS, 2).items.tolist()
    assert all(page[:2] == best for page in pages)
