"""Slugs, brands and categories for products that a source brings."""

import hashlib
from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils.text import slugify

from catalog.imports.offers import MAX_BRAND_CHARS
from catalog.imports.results import SourceProduct
from catalog.imports.values.text import comparable
from catalog.models import Brand, CatalogueSource, Category, CategoryMapping, Product
from catalog.site import current_site

UNSORTED_SLUG = "not-yet-sorted"
MAX_WORDS_CHARS = 500


def category_words(offer: SourceProduct) -> str:
    """Return the category of the source's own shop, or else the one in a public taxonomy, "" for none."""
    return next(iter(offer.product_types), offer.category)[:MAX_WORDS_CHARS]


def unsorted_category() -> Category:
    """Return the category of products whose own one nobody has assigned yet. They are off sale."""
    values = {"name": "Not yet sorted", "commission_rate_bps": 0}
    return Category.objects.get_or_create(slug=UNSORTED_SLUG, defaults=values)[0]


def find_mappings(
    offers: Iterable[SourceProduct], source: CatalogueSource, *, is_own: bool
) -> dict[str, CategoryMapping]:
    """Return the mappings by words, after adding those that are new. In the shop's own files, words are slugs."""
    words = {category_words(offer) for offer in offers}
    mappings = {mapping.words: mapping for mapping in source.mappings.filter(words__in=words)}
    new = sorted(words.difference(mappings))
    slugs = dict(Category.objects.filter(slug__in=new).values_list("slug", "pk")) if is_own else {}
    rows = [CategoryMapping(source=source, words=text, category_id=slugs.get(text)) for text in new]
    CategoryMapping.objects.bulk_create(rows, ignore_conflicts=True)
    if new:
        mappings |= {mapping.words: mapping for mapping in source.mappings.filter(words__in=new)}
    return mappings


class BrandNames:
    """Brands by name, without difference of letter case and spaces. A product without one gets the shop's."""

    def __init__(self) -> None:
        self._brands = {comparable(brand.name): brand for brand in Brand.objects.order_by("-pk")}

    def get(self, name: str) -> Brand | None:
        """Return the brand with this name, if there is one."""
        return self._brands.get(comparable(name))

    def find(self, name: str) -> Brand:
        """Return the brand, which may be new."""
        name = name if name and len(name) <= MAX_BRAND_CHARS else current_site().name[:MAX_BRAND_CHARS]
        key = comparable(name)
        if key not in self._brands:
            slug = choose_slugs([(name, key)], Brand.objects.values_list("slug", flat=True), length=50)[0]
            self._brands[key] = Brand.objects.create(name=name, slug=slug)
        return self._brands[key]


def product_slugs(products: Sequence[tuple[str, str]]) -> list[str]:
    """Return a new slug for each product, of which the texts are what to call it and what tells it apart."""
    return choose_slugs(products, Product.objects.values_list("slug", flat=True), length=80)


def choose_slugs(wanted: Sequence[tuple[str, str]], slugs: QuerySet[Any, str], *, length: int) -> list[str]:
    """Return slugs that are unique: of the first text, with some letters made of the second if that one is taken."""
    options = []
    for text, seed in wanted:
        base = slugify(text)[: length - 10].strip("-") or "product"
        tail = hashlib.sha256(seed.encode()).hexdigest()
        options.append([base, f"{base}-{tail[:4]}", f"{base}-{tail[:9]}"])
    flat = {slug for three in options for slug in three}
    taken = set(slugs.filter(slug__in=flat))
    chosen = []
    for three in options:
        slug = next(slug for slug in three if slug not in taken)
        taken.add(slug)
        chosen.append(slug)
    return chosen
