"""From rows in the order of the file to products: what stands where, who came first, and when a product is complete."""

from collections.abc import Iterable, Iterator

from catalog.imports.limits import MAX_NAME_CHARS, MAX_PICTURES
from catalog.imports.open_products import OpenProduct
from catalog.imports.remarks import NoteKind, RefusalReason, Remark, RowRefused
from catalog.imports.results import Outcome, RefusedRow, RowNote, RowNumber, SourcePicture, SourceProduct
from catalog.imports.source_rows import RowKind, SourceRow
from catalog.imports.survey import FileSurvey, is_true
from catalog.imports.values.descriptions import clean_description
from catalog.imports.values.text import clean_line, comparable
from catalog.imports.variants import VariantReader, read_sku
from catalog.stock import MAX_VARIANTS

ON_SALE = frozenset({"", "active", "on_sale", "on sale", "publish", "published", "visible"})
OFF_SALE = frozenset({"draft", "archived", "hidden", "private", "pending", "off_sale", "off sale", "inactive", "trash"})


class ProductAssembly:
    """Turns the rows of a file into products, refused rows and notes. Takes all rows once, in the order of the file."""

    def __init__(self, survey: FileSurvey, reader: VariantReader) -> None:
        self._survey, self._reader = survey, reader
        self._open: dict[str, OpenProduct] = {}
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

    def _begin(self, key: str, row: SourceRow) -> OpenProduct:
        survey = self._survey.product_of(row)
        product = self._open[key] = OpenProduct(key, survey, slots=survey.slots())
        return product

    def _read(self, product: OpenProduct, row: SourceRow) -> Iterator[Outcome]:
        """Note what a row says about its product, and read its variant."""
        try:
            product.collect(row)
            if row.refusal:
                raise RowRefused(RefusalReason(row.refusal.kind), **row.refusal.values)
            if row.kind == RowKind.PARENT:
                self._take_parent(product, row)
            elif row.kind == RowKind.VARIANT or (
                row.part == 0 and "title" in row.fields and not product.survey.variants
            ):
                self._add_variant(product, row)
        except RowRefused as refused:
            yield RefusedRow(row.number, row.line, refused.remark, product.key_of(row))
        else:
            for note in row.notes:
                yield RowNote(row.number, note)

    def _take_parent(self, product: OpenProduct, row: SourceRow) -> None:
        sku = comparable(read_sku(row))
        if sku and (holder := self._keys.setdefault(f"parent:{sku}", row.number)) != row.number:
            raise RowRefused(RefusalReason.SKU_TAKEN, sku=row.fields["sku"].strip(), row=str(holder))
        product.check(row)
        product.parent = row

    def _add_variant(self, product: OpenProduct, row: SourceRow) -> None:
        product.check(row)
        options = product.options_of(row)
        names = tuple(comparable(value) for value in options)
        sku = read_sku(row)
        sku_key = comparable(sku)
        if sku_key and sku_key in self._keys:
            raise RowRefused(RefusalReason.SKU_TAKEN, sku=sku, row=str(self._keys[sku_key]))
        if names in product.numbers:
            raise _repeated(options, product.numbers[names])
        if len(product.variants) >= MAX_VARIANTS:
            raise RowRefused(RefusalReason.TOO_MANY_VARIANTS, limit=MAX_VARIANTS)
        key = sku_key or product.key_without_sku(row, options)
        if key in self._keys:
            raise RowRefused(RefusalReason.SAME_PRODUCT, row=str(self._keys[key]))
        variant = self._reader.read(row, sku=sku, options=options, key=key)
        self._keys[key] = row.number
        product.numbers[names] = row.number
        product.variants.append(variant)


def _repeated(options: tuple[str, ...], holder: RowNumber) -> RowRefused:
    if options:
        return RowRefused(RefusalReason.SAME_OPTIONS, options=" / ".join(options), row=str(holder))
    return RowRefused(RefusalReason.SAME_PRODUCT, row=str(holder))


def _finish(product: OpenProduct, file_has_pictures: bool) -> Iterator[Outcome]:
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
    unnamed = [product.option_name(slot) for slot in product.slots if slot not in names]
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
        option_names=tuple(product.option_name(slot) for slot in product.slots),
        pictures=tuple(SourcePicture(address, text) for address, (_place, text) in pictures[:MAX_PICTURES]),
        variants=tuple(product.variants),
    )
    for note in notes:
        yield RowNote(product.variants[0].number, note)


def _name(product: OpenProduct, name: str, notes: list[Remark]) -> str:
    text = clean_line(product.fields.get(name, ""))
    if len(text) <= MAX_NAME_CHARS:
        return text
    notes.append(Remark(NoteKind.NAME_TOO_LONG, {"text": text[:40], "limit": MAX_NAME_CHARS}))
    return ""


def _is_on_sale(product: OpenProduct, notes: list[Remark]) -> bool:
    """Return whether the source sells the product. A blank status is active, a blank “published” is published."""
    status = comparable(product.fields.get("status", ""))
    if status == "unlisted":
        notes.append(Remark(NoteKind.UNLISTED))
    elif status not in ON_SALE | OFF_SALE:
        notes.append(Remark(NoteKind.UNKNOWN_STATUS, {"text": status[:40]}))
    published = product.fields.get("published", "")
    return status in ON_SALE and (not published or is_true(published))
