"""The goods on the demo shop's shelves: invented brands, believable prices, words that a shop could print."""

from feedsite.demo.goods.beauty import BEAUTY
from feedsite.demo.goods.books import BOOKS
from feedsite.demo.goods.categories import CATEGORIES
from feedsite.demo.goods.fitness import FITNESS
from feedsite.demo.goods.games import GAMES
from feedsite.demo.goods.home import HOME
from feedsite.demo.goods.kitchen import KITCHEN
from feedsite.demo.goods.outdoor import OUTDOOR
from feedsite.demo.goods.product import Category, Look, Product
from feedsite.demo.goods.tech import TECH

PRODUCTS: tuple[Product, ...] = (*BEAUTY, *BOOKS, *KITCHEN, *FITNESS, *HOME, *TECH, *GAMES, *OUTDOOR)

__all__ = ["CATEGORIES", "PRODUCTS", "Category", "Look", "Product"]
