"""A new viewer of a large shop gets to what is to its taste, though the log teaches that tastes hardly matter."""

import numpy as np
import pytest

from feed.page.engine import Engine
from feed.ranking import explore
from tests.feed.tastes import CATEGORIES, TASTES, find_tastes, make_engine

BY_CHANCE = TASTES / CATEGORIES


@pytest.fixture(scope="module")
def engine() -> Engine:
    return make_engine(4000, events=30_000, viewers=1000)


def test_new_viewer_who_skips_the_welcome_is_shown_much_to_their_taste_by_the_sixth_page(engine: Engine) -> None:
    shares = find_tastes(engine, viewers=40, pages=6)
    assert shares[0] < 2 * BY_CHANCE
    assert shares[3] > 4 * BY_CHANCE
    assert shares[5] > 6 * BY_CHANCE


def test_with_the_sounding_off_they_wait_in_vain(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(explore, "EAGERNESS", 0.0)
    monkeypatch.setattr(explore, "LEANING", 0.0)
    assert find_tastes(engine, viewers=40, pages=4)[3] < 3 * BY_CHANCE


def test_chosen_interests_still_lead_after_the_first_page(engine: Engine) -> None:
    shares = find_tastes(engine, viewers=20, pages=3, tells=True)
    assert shares.min() > 5 * BY_CHANCE


def test_first_page_of_a_stranger_shows_as_many_categories_as_clips(engine: Engine) -> None:
    watching = explore.Sounding.of(engine.model.tables.items, *[np.zeros(0, np.int64)] * 3)
    assert watching.doubt == 1
    broad = engine.model.tables.best_of_categories(2, np.zeros(0, np.int64))
    ranked = engine.model.rank(np.zeros(0, np.int64), np.zeros(0, np.int64), broad)
    page = ranked.weighed(watching.sound_out(ranked.items)).first(8)
    assert len({engine.shelf.categories[item] for item in page.items.tolist()}) == 8
