"""The demo shop's contents, read from `demo/data`. Brands, people and prices are invented."""

from collections.abc import Iterable
from itertools import chain, zip_longest
from pathlib import Path

from demo.reader import InvalidData, read_csv, read_toml
from demo.records import (
    DemoAccount,
    DemoCampaign,
    DemoCategory,
    DemoClip,
    DemoCreator,
    DemoPhotoPost,
    DemoProduct,
    DemoRating,
    DemoTaxRate,
)

DATA = Path(__file__).resolve().parent / "data"

ACCOUNTS = read_csv(DATA / "accounts.csv", DemoAccount)
CAMPAIGNS = read_toml(DATA / "campaigns.toml", DemoCampaign)
CATEGORIES = read_csv(DATA / "categories.csv", DemoCategory)
CREATORS = read_toml(DATA / "creators.toml", DemoCreator)
TAX_RATES = read_csv(DATA / "tax_rates.csv", DemoTaxRate)
RATINGS = read_csv(DATA / "ratings.csv", DemoRating)
PHOTO_POSTS = read_toml(DATA / "photo_posts.toml", DemoPhotoPost)
PRODUCTS: tuple[DemoProduct, ...] = tuple(
    chain.from_iterable(read_toml(path, DemoProduct) for path in sorted((DATA / "products").glob("*.toml")))
)
CLIPS: tuple[DemoClip, ...] = tuple(
    clip
    for clip in chain.from_iterable(
        zip_longest(
            *(
                read_toml(DATA / "clips" / f"{creator.handle}.toml", DemoClip, creator=creator.handle)
                for creator in CREATORS
            )
        )
    )
    if clip is not None
)
"""All clips in upload order: each creator's first clip, then each creator's second, and so on."""


def check_references(
    categories: Iterable[DemoCategory],
    products: Iterable[DemoProduct],
    clips: Iterable[DemoClip],
    ratings: Iterable[DemoRating],
    posts: Iterable[DemoPhotoPost] = (),
) -> None:
    """Check that no slug is repeated and that all references are to existing slugs. Raises InvalidData."""
    category_slugs = _unique("category", (category.slug for category in categories))
    product_slugs = _unique("product", (product.slug for product in products))
    _unique("clip", (clip.slug for clip in clips))
    for category in categories:
        _check_exists("category", category.parent or category.slug, category_slugs, of=category.slug)
    for product in products:
        _check_exists("category", product.category, category_slugs, of=product.slug)
    for clip in clips:
        for slug in clip.products:
            _check_exists("product", slug, product_slugs, of=clip.slug)
    for post in posts:
        for slug in (slug for picture in post.pictures for slug in picture.products):
            _check_exists("product", slug, product_slugs, of=post.slug)
    for rating in ratings:
        _check_exists("product", rating.product, product_slugs, of=f"the rating by {rating.name}")


def _unique(noun: str, slugs: Iterable[str]) -> set[str]:
    seen: set[str] = set()
    for slug in slugs:
        if slug in seen:
            raise InvalidData(f"There are two {noun} records with the slug {slug}.")
        seen.add(slug)
    return seen


def _check_exists(noun: str, slug: str, slugs: set[str], *, of: str) -> None:
    if slug not in slugs:
        raise InvalidData(f"There is no {noun} {slug}, which {of} names.")


check_references(CATEGORIES, PRODUCTS, CLIPS, RATINGS, PHOTO_POSTS)
