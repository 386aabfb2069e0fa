"""The goods on the demo shop's shelves: invented brands, believable prices, words that a shop could print."""

from demo.goods.beauty import BEAUTY
from demo.goods.books import BOOKS
from demo.goods.categories import CATEGORIES
from demo.goods.fitness import FITNESS
from demo.goods.games import GAMES
from demo.goods.home import HOME
from demo.goods.kitchen import KITCHEN
from demo.goods.outdoor import OUTDOOR
from demo.goods.product import Category, Look, Product
from demo.goods.tech import TECH

PRODUCTS: tuple[Product, ...] = (*BEAUTY, *BOOKS, *KITCHEN, *FITNESS, *HOME, *TECH, *GAMES, *OUTDOOR)

__all__ = ["CATEGORIES", "PRODUCTS", "Category", "Look", "Product"]
