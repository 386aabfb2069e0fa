"""Films the demo shop's clips: words, moving pictures and a tune of their own, none like another."""

from demo.films.making import FilmFailed, make_film
from demo.films.repertoire import FILMS
from demo.films.script import Film, Span, captions_vtt, spans

__all__ = ["FILMS", "Film", "FilmFailed", "Span", "captions_vtt", "make_film", "spans"]
