"""What has to be known about a whole file before its first row can be judged: options, titles and parents of products."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from catalog.imports.formats.google import GROUP, OPTION_NAMES, OPTIONS_WHERE_UNLIKE
from catalog.imports.limits import MAX_NAME_CHARS, MAX_TITLE_CHARS
from catalog.imports.source_rows import RowKind, SourceRow
from catalog.imports.values.prices import parse_price
from catalog.imports.values.text import clean_line, comparable
from catalog.stock import MAX_OPTIONS

DEFAULT_VALUE = "default title"
"""The one value of a Shopify product without options."""
DEFAULT_NAMES = ("", "title")
PRICE_FIELDS = ("price", "compare_at_price", "sale_price")
TRUE_WORDS = frozenset({"true", "yes", "1", "y", "on"})
GOOGLE_ORDER = (*OPTION_NAMES, *OPTIONS_WHERE_UNLIKE)
SEPARATORS = ",;:|/\\-–—()[]"


@dataclass(frozen=True, eq=False, slots=True)
class OptionSurvey:
    """The options of a product, as all of its rows together name them. Products with the same ones share an object."""

    names: Mapping[str, str]
    """By slot, in the words of the first row that has them."""
    used: frozenset[str]
    """Slots that a variant names or has a value for."""
    offered: Mapping[str, frozenset[str]] | None = None
    """By slot, the values that a parent offers, comparable."""

    def active(self) -> list[str]:
        """Return the slots that each variant needs a value for, in order."""
        if self.offered is not None:
            first = [slot for slot in self.offered if slot in self.used]
            return first + [slot for slot in self.names if slot in self.used and slot not in first]
        order = [slot for slot in GOOGLE_ORDER if slot in self.used]
        return order + sorted(self.used.difference(order))


NO_OPTIONS = OptionSurvey({}, frozenset())


@dataclass(slots=True)
class ProductSurvey:
    """One product, kept small: there may be a hundred thousand."""

    last: int = 0
    """The place of its last row in the file, from 0."""
    title_length: int = 0
    title: str = ""
    """Its first title, as far as titles may go. Of an item group that of the smallest SKU, which does not depend on the order of items."""
    title_sku: str = ""
    title_words: frozenset[str] | None = None
    """Words that all titles of an item group share, if there are several."""
    variants: int = 0
    """Rows that are variants, accepted or not."""
    is_gift_card: bool = False
    parent_type: str = ""
    options: OptionSurvey | None = None
    """None without options."""
    first_values: dict[str, str] | None = None
    """Of an item group: the first value of each slot, comparable."""
    unlike: frozenset[str] = frozenset()
    """Slots in which the items of a group differ."""

    def slots(self) -> list[str]:
        """Return the slots that each variant needs a value for, in order.

        What all items of a group share tells them apart by nothing. It is no option if it is a gender or an age group, or
        if the group had too many options with it.
        """
        slots = self.options.active() if self.options else []
        if self.first_values is None:
            return slots
        slots = [slot for slot in slots if slot in self.unlike or slot not in OPTIONS_WHERE_UNLIKE]
        return slots if len(slots) <= MAX_OPTIONS else [slot for slot in slots if slot in self.unlike]

    def shared_title(self) -> str:
        """Return what all titles share, or else the title of the smallest SKU."""
        if self.title_words is None:
            return self.title
        words = (word.strip(SEPARATORS) for word in self.title.split() if _bare(word) in self.title_words)
        return " ".join(word for word in words if word) or self.title


class FileSurvey:
    """Takes each row of a file once."""

    def __init__(self, currency: str) -> None:
        self._currency = currency
        self.products: dict[str, ProductSurvey] = {}
        self._aliases: dict[str, str] = {}
        self._signs = {".": 0, ",": 0}
        self.has_unclear_prices = False
        """Whether the decimal sign of the file matters for any price."""
        self.rows = 0
        self.has_pictures = False

    @property
    def decimal_sign(self) -> str:
        """Return what most prices that show it have as their decimal sign, or "" if that is open."""
        points, commas = self._signs["."], self._signs[","]
        return "" if points == commas else "." if points > commas else ","

    def product_of(self, row: SourceRow) -> ProductSurvey:
        return self.products[self.key_of(row)]

    def key_of(self, row: SourceRow) -> str:
        return self._aliases.get(row.product_key, row.product_key)

    def add(self, row: SourceRow) -> None:
        product = self.products.setdefault(row.product_key, ProductSurvey())
        product.last = self.rows
        self.rows += 1
        for alias in row.aliases:
            self._aliases.setdefault(alias, row.product_key)
        for name in PRICE_FIELDS:
            if name in row.fields:
                self._count_sign(row.fields[name])
        self.has_pictures = self.has_pictures or bool(row.pictures)
        product.variants += row.kind == RowKind.VARIANT
        product.is_gift_card |= is_true(row.fields.get("gift_card", ""))
        if row.kind == RowKind.PARENT or (row.aliases and not product.parent_type):
            product.parent_type = row.fields.get("type", "")
        if title := row.fields.get("title"):
            is_group = row.product_key.startswith(GROUP)
            _add_title(product, clean_line(title), comparable(row.fields.get("sku", "")), is_group=is_group)
        if row.options:
            _add_options(product, row)
            if row.product_key.startswith(GROUP):
                _compare_values(product, row)

    def _count_sign(self, text: str) -> None:
        number = parse_price(text, self._currency).number
        if number and number.is_ambiguous:
            self.has_unclear_prices = True
        elif number and number.decimal_sign:
            self._signs[number.decimal_sign] += 1

    def finish(self) -> None:
        """Bring together what was said about the same product under several names."""
        for alias, key in self._aliases.items():
            named, product = self.products.pop(alias, None), self.products[key]
            if named is not None:
                product.last = max(product.last, named.last)
                product.variants += named.variants
                _merge_options(product, named)


def is_true(text: str) -> bool:
    return text.strip().casefold() in TRUE_WORDS


def _add_title(product: ProductSurvey, title: str, sku: str, *, is_group: bool) -> None:
    if is_group and product.title and title and title != product.title:
        words = frozenset(map(_bare, title.split()))
        earlier = product.title_words
        product.title_words = words & (frozenset(map(_bare, product.title.split())) if earlier is None else earlier)
    if not product.title or (is_group and title and sku < product.title_sku):
        product.title, product.title_length, product.title_sku = (
            title[:MAX_TITLE_CHARS],
            len(title),
            sku[:MAX_TITLE_CHARS],
        )


def _bare(word: str) -> str:
    return word.strip(SEPARATORS).casefold()


def _add_options(product: ProductSurvey, row: SourceRow) -> None:
    if row.kind == RowKind.PARENT:
        offered = {slot: frozenset(map(comparable, values)) for slot, _name, values in row.options}
        names = {slot: _tidy_name(name) for slot, name, _values in row.options}
        product.options = product.options or OptionSurvey(names, frozenset(), offered)
    elif product.options or not all(map(_is_default, row.options)):
        named = tuple((slot, name) for slot, name, _values in row.options)
        product.options = _extend(product.options or NO_OPTIONS, named)


def _compare_values(product: ProductSurvey, row: SourceRow) -> None:
    first = product.first_values = product.first_values or {}
    for slot, _name, values in row.options:
        value = comparable(", ".join(values))
        if first.setdefault(slot, value) != value:
            product.unlike |= {slot}


@lru_cache(maxsize=10_000)
def _extend(options: OptionSurvey, named: tuple[tuple[str, str], ...]) -> OptionSurvey:
    """Return the options with those that a variant names. The cache makes products share them."""
    names = {**{slot: _tidy_name(name) for slot, name in named if name}, **options.names}
    used = options.used.union(slot for slot, _name in named)
    is_same = (names, used) == (options.names, options.used)
    return options if is_same else OptionSurvey(names, used, options.offered)


def _tidy_name(name: str) -> str:
    return clean_line(name)[:MAX_NAME_CHARS]


def _is_default(option: tuple[str, str, list[str]]) -> bool:
    _slot, name, values = option
    return comparable(name) in DEFAULT_NAMES and [comparable(value) for value in values] in ([], [DEFAULT_VALUE])


def _merge_options(product: ProductSurvey, named: ProductSurvey) -> None:
    if named.options is not None and product.parent_type == "variable":
        options = product.options or NO_OPTIONS
        names = {**named.options.names, **options.names}
        product.options = OptionSurvey(names, options.used | named.options.used, options.offered)
