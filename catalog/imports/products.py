"""From rows in the order of the file to products: what stands where, who came first, and when a product is complete."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from catalog.imports.limits import (
    MAX_NAME_CHARS,
    MAX_OPTIONS,
    MAX_PICTURES,
    MAX_TITLE_CHARS,
    MAX_VARIANTS,
)
from catalog.imports.remarks import NoteKind, RefusalReason, Remark, RowRefused
from catalog.imports.results import Outcome, RefusedRow, RowNote, RowNumber, SourcePicture, SourceProduct, SourceVariant
from catalog.imports.source_rows import RowKind, SourceRow
from catalog.imports.survey import FileSurvey, ProductSurvey, is_true
from catalog.imports.values.descriptions import clean_description
from catalog.imports.values.picture_addresses import check_address, split_addresses
from catalog.imports.values.text import ascii_digits, clean_line, comparable
from catalog.imports.variants import VariantReader, read_sku

PRODUCT_FIELDS = ("handle", "description", "brand", "category", "product_types", "status", "published")
ON_SALE = frozenset({"", "active", "on_sale", "on sale", "publish", "published", "visible"})
OFF_SALE = frozenset({"draft", "archived", "hidden", "private", "pending", "off_sale", "off sale", "inactive", "trash"})
NO_PLACE = 1_000_000
"""Of a variant's picture that is none of the product's: behind those."""


@dataclass(slots=True)
class _OpenProduct:
    """A product of which not all rows were read yet."""

    key: str
    survey: ProductSurvey
    fields: dict[str, str] = field(default_factory=dict)
    pictures: dict[str, tuple[int, str]] = field(default_factory=dict)
    """Position and alternative text by address."""
    variants: list[SourceVariant] = field(default_factory=list)
    numbers: dict[tuple[str, ...], RowNumber] = field(default_factory=dict)
    """Rows of accepted variants by their options, comparable."""
    parent: SourceRow | None = None
    slots: list[str] = field(default_factory=list)


class ProductAssembly:
    """Turns the rows of a file into products, refused rows and notes. Takes all rows once, in the order of the file."""

    def __init__(self, survey: FileSurvey, reader: VariantReader) -> None:
        self._survey, self._reader = survey, reader
        self._open: dict[str, _OpenProduct] = {}
        self._keys: dict[str, RowNumber] = {}
        """Of accepted variants, and of parents with “parent:” in front."""

    def outcomes(self, rows: Iterable[SourceRow]) -> Iterator[Outcome]:
        """Yield refusals and notes with each row, and each product after its last row."""
        for place, row in enumerate(rows):
            key = self._survey.key_of(row)
            product = self._open.get(key) or self._begin(key, row)
            yield from self._read(product, row)
            if place == product.survey.last:
                del self._open[key]
                yield from _finish(product, self._survey.has_pictures)

    def _begin(self, key: str, row: SourceRow) -> _OpenProduct:
        survey = self._survey.product_of(row)
        slots = survey.options.active() if survey.options else []
        product = self._open[key] = _OpenProduct(key, survey, slots=slots)
        return product

    def _read(self, product: _OpenProduct, row: SourceRow) -> Iterator[Outcome]:
        """Note what a row says about its product, and read its variant."""
        try:
            _collect(product, row)
            if row.refusal:
                raise RowRefused(RefusalReason(row.refusal.kind), **row.refusal.values)
            if row.kind == RowKind.PARENT:
                self._take_parent(product, row)
            elif row.kind == RowKind.VARIANT or (
                row.part == 0 and "title" in row.fields and not product.survey.variants
            ):
                self._add_variant(product, row)
        except RowRefused as refused:
            yield RefusedRow(row.number, row.line, refused.remark)
        else:
            for note in row.notes:
                yield RowNote(row.number, note)

    def _take_parent(self, product: _OpenProduct, row: SourceRow) -> None:
        sku = comparable(read_sku(row))
        if sku and (holder := self._keys.setdefault(f"parent:{sku}", row.number)) != row.number:
            raise RowRefused(RefusalReason.SKU_TAKEN, sku=row.fields["sku"].strip(), row=str(holder))
        _check_product(product, row)
        product.parent = row

    def _add_variant(self, product: _OpenProduct, row: SourceRow) -> None:
        _check_product(product, row)
        options = _options_of(product, row)
        names = tuple(comparable(value) for value in options)
        sku = read_sku(row)
        sku_key = comparable(sku)
        if names in product.numbers:
            raise _repeated(options, product.numbers[names])
        if sku_key and sku_key in self._keys:
            raise RowRefused(RefusalReason.SKU_TAKEN, sku=sku, row=str(self._keys[sku_key]))
        if len(product.variants) >= MAX_VARIANTS:
            raise RowRefused(RefusalReason.TOO_MANY_VARIANTS, limit=MAX_VARIANTS)
        key = sku_key or _key_without_sku(product, row, options)
        if key in self._keys:
            raise RowRefused(RefusalReason.SAME_PRODUCT, row=str(self._keys[key]))
        variant = self._reader.read(row, sku=sku, options=options, key=key)
        self._keys[key] = row.number
        product.numbers[names] = row.number
        product.variants.append(variant)


def _check_product(product: _OpenProduct, row: SourceRow) -> None:
    """Raise RowRefused if no row of this product can be accepted."""
    survey, is_variation = product.survey, row.fields.get("type") == "variation"
    if is_variation:
        parent = row.fields.get("parent", "").strip()[:60]
        if not survey.parent_type:
            raise RowRefused(RefusalReason.NO_PARENT, parent=parent)
        if survey.parent_type != "variable":
            raise RowRefused(RefusalReason.PARENT_WITHOUT_VARIATIONS, parent=parent)
    if survey.is_gift_card:
        raise RowRefused(RefusalReason.GIFT_CARD)
    if not survey.title:
        raise RowRefused(RefusalReason.NO_TITLE)
    if len(survey.title) > MAX_TITLE_CHARS:
        raise RowRefused(RefusalReason.TITLE_TOO_LONG, length=len(survey.title), limit=MAX_TITLE_CHARS)
    if len(product.slots) > MAX_OPTIONS:
        raise RowRefused(RefusalReason.TOO_MANY_OPTIONS, limit=MAX_OPTIONS)


def _options_of(product: _OpenProduct, row: SourceRow) -> tuple[str, ...]:
    """Return a value for each option of the product. Raises RowRefused."""
    survey, values = product.survey.options, []
    if survey is None:
        return ()
    written = {slot: typed for slot, _name, typed in row.options}
    if survey.offered is not None and (strange := [slot for slot in written if slot not in survey.offered]):
        raise _not_offered(survey.names.get(strange[0], strange[0]), written[strange[0]])
    for slot in product.slots:
        name, typed = _option_name(product, slot), [clean_line(value) for value in written.get(slot, [])]
        if not any(typed):
            is_any = row.fields.get("type") == "variation"
            raise RowRefused(RefusalReason.ANY_VALUE if is_any else RefusalReason.MISSING_OPTION, option=name)
        offered = (survey.offered or {}).get(slot)
        if offered and (len(typed) > 1 or comparable(typed[0]) not in offered):
            raise _not_offered(name, typed)
        value = ", ".join(typed)
        if len(value) > MAX_NAME_CHARS:
            raise RowRefused(RefusalReason.OPTION_TOO_LONG, length=len(value), limit=MAX_NAME_CHARS)
        values.append(value)
    return tuple(values)


def _not_offered(option: str, values: list[str]) -> RowRefused:
    return RowRefused(RefusalReason.NOT_OFFERED, option=option, value=", ".join(values)[:60])


def _repeated(options: tuple[str, ...], holder: RowNumber) -> RowRefused:
    if options:
        return RowRefused(RefusalReason.SAME_OPTIONS, options=" / ".join(options), row=str(holder))
    return RowRefused(RefusalReason.SAME_PRODUCT, row=str(holder))


def _option_name(product: _OpenProduct, slot: str) -> str:
    names = product.survey.options.names if product.survey.options else {}
    return names.get(slot) or f"Option {slot}"


def _key_without_sku(product: _OpenProduct, row: SourceRow, options: tuple[str, ...]) -> str:
    """Return what tells a variant apart from one run to the next: its id, or handle (or else title) and options."""
    if "id" in row.fields:
        return f"id:{comparable(row.fields['id'])}"
    handle = comparable(product.fields.get("handle", "")) or comparable(product.survey.title)
    return f"{handle}|{'/'.join(options)}"


def _collect(product: _OpenProduct, row: SourceRow) -> None:
    """Keep what a row says about its product, if no earlier row said it."""
    for name in PRODUCT_FIELDS:
        if name in row.fields:
            product.fields.setdefault(name, row.fields[name])
    position = ascii_digits(row.fields.get("picture_position", "")).strip()
    written = int(position) if position.isdigit() and len(position) < 6 else 0
    for text, alternative_text in row.pictures:
        for part in split_addresses(text):
            address, note = check_address(part)
            if note:
                row.notes.append(note)
            elif address not in product.pictures:
                place = written or len(product.pictures) + 1
                product.pictures[address] = (place, clean_line(alternative_text)[:MAX_NAME_CHARS])
    if "variant_picture" in row.fields:
        address, note = check_address(row.fields["variant_picture"])
        if note and note not in row.notes:
            row.notes.append(note)
        elif address:
            product.pictures.setdefault(address, (NO_PLACE, ""))


def _finish(product: _OpenProduct, file_has_pictures: bool) -> Iterator[Outcome]:
    """Yield a complete product with its notes, or the refusal of a parent without accepted variations."""
    if not product.variants:
        if product.parent:
            yield RefusedRow(product.parent.number, product.parent.line, Remark(RefusalReason.NOTHING_TO_SELL))
        return
    notes: list[Remark] = []
    pictures = sorted(product.pictures.items(), key=lambda picture: picture[1][0])
    if file_has_pictures and not pictures:
        notes.append(Remark(NoteKind.NO_PICTURE))
    if len(pictures) > MAX_PICTURES:
        notes.append(Remark(NoteKind.TOO_MANY_PICTURES, {"limit": MAX_PICTURES}))
    names = product.survey.options.names if product.survey.options else {}
    unnamed = [_option_name(product, slot) for slot in product.slots if slot not in names]
    notes += [Remark(NoteKind.OPTION_WITHOUT_NAME, {"name": name}) for name in unnamed]
    yield SourceProduct(
        key=product.key,
        handle=comparable(product.fields.get("handle", "")),
        title=product.survey.shared_title(),
        description=clean_description(product.fields.get("description", "")),
        brand=_name(product, "brand", notes),
        category=clean_line(product.fields.get("category", "")),
        product_types=tuple(filter(None, map(clean_line, product.fields.get("product_types", "").split("\n")))),
        is_on_sale=_is_on_sale(product, notes),
        option_names=tuple(_option_name(product, slot) for slot in product.slots),
        pictures=tuple(SourcePicture(address, text) for address, (_place, text) in pictures[:MAX_PICTURES]),
        variants=tuple(product.variants),
    )
    for note in notes:
        yield RowNote(product.variants[0].number, note)


def _name(product: _OpenProduct, name: str, notes: list[Remark]) -> str:
    text = clean_line(product.fields.get(name, ""))
    if len(text) <= MAX_NAME_CHARS:
        return text
    notes.append(Remark(NoteKind.NAME_TOO_LONG, {"text": text[:40], "limit": MAX_NAME_CHARS}))
    return ""


def _is_on_sale(product: _OpenProduct, notes: list[Remark]) -> bool:
    """Return whether the source sells the product. A blank status is active, a blank “published” is published."""
    status = comparable(product.fields.get("status", ""))
    if status == "unlisted":
        notes.append(Remark(NoteKind.UNLISTED))
    elif status not in ON_SALE | OFF_SALE:
        notes.append(Remark(NoteKind.UNKNOWN_STATUS, {"text": status[:40]}))
    published = product.fields.get("published", "")
    return status in ON_SALE and (not published or is_true(published))
