"""The feed of a large shop finds a new viewer's tastes, even if the log teaches that tastes hardly matter."""

import pytest

from feed.page.ranker import Ranker
from feed.ranking.exploration import Exploration
from feed.ranking.interactions import NO_IDS
from tests.feed.tastes import CATEGORIES, TASTES, make_ranker, measure_tastes

BY_CHANCE = TASTES / CATEGORIES


@pytest.fixture(scope="module")
def ranker() -> Ranker:
    return make_ranker(4000, events=30_000, viewers=1000)


def test_new_viewer_who_skips_the_welcome_page_sees_much_to_their_taste_by_the_sixth_page(ranker: Ranker) -> None:
    shares = measure_tastes(ranker, viewers=40, pages=6)
    assert shares[0] < 2 * BY_CHANCE
    assert shares[3] > 4 * BY_CHANCE
    assert shares[5] > 6 * BY_CHANCE


def test_without_exploration_the_fourth_page_is_hardly_better_than_chance(ranker: Ranker) -> None:
    assert measure_tastes(ranker, viewers=40, pages=4, explores=False)[3] < 3 * BY_CHANCE


def test_chosen_interests_still_lead_after_the_first_page(ranker: Ranker) -> None:
    shares = measure_tastes(ranker, viewers=20, pages=3, chooses=True)
    assert shares.min() > 5 * BY_CHANCE


def test_first_page_of_a_new_viewer_shows_as_many_categories_as_clips(ranker: Ranker) -> None:
    exploration = Exploration.of(ranker.model.tables.items, NO_IDS, NO_IDS, NO_IDS)
    assert exploration.uncertainty == 1
    broad = ranker.model.tables.best_of_categories(2, NO_IDS)
    ranked = ranker.model.rank(NO_IDS, NO_IDS, broad)
    page = ranked.multiplied_by(exploration.factors_of(ranked.items)).first(8)
    assert len({ranker.snapshot.categories[item] for item in page.items.tolist()}) == 8
