"""Films the demo shop's clips: words, moving pictures and a tune of their own, none like another."""

from demo.drawing.films.encoder import FilmFailed, make_film
from demo.drawing.films.script import Film, Span, captions_vtt, spans
from demo.films.repertoire import FILMS

__all__ = ["FILMS", "Film", "FilmFailed", "Span", "captions_vtt", "make_film", "spans"]
