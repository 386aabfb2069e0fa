"""All clips of the demo shop, in the order in which they come in: topics and people mixed."""

from itertools import chain, zip_longest

from demo.drawing.films.script import Film
from demo.films.body_repertoire import BODY_FILMS
from demo.films.desk_repertoire import DESK_FILMS
from demo.films.home_repertoire import HOME_FILMS

FILMS: tuple[Film, ...] = tuple(
    film for film in chain.from_iterable(zip_longest(BODY_FILMS, HOME_FILMS, DESK_FILMS)) if film is not None
)
