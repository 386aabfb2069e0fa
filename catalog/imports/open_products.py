"""Products of which not all rows were read yet: what rows say about them, and which rows fit."""

from dataclasses import dataclass, field

from catalog.imports.limits import MAX_NAME_CHARS, MAX_TITLE_CHARS
from catalog.imports.remarks import RefusalReason, RowRefused
from catalog.imports.results import RowNumber, SourceVariant
from catalog.imports.source_rows import UNNAMED, SourceRow, short_key
from catalog.imports.survey import ProductSurvey
from catalog.imports.values.picture_addresses import check_picture_address, split_addresses
from catalog.imports.values.text import ascii_digits, clean_line, comparable
from catalog.stock import MAX_OPTIONS

PRODUCT_FIELDS = ("handle", "description", "brand", "category", "product_types", "status", "published")
NO_PLACE = 1_000_000
"""Of a variant's picture that is none of the product's: behind those."""


@dataclass(slots=True)
class OpenProduct:
    """A product of which not all rows were read yet."""

    key: str
    """What the source calls it: of a product whose rows do not, the first alias of its own row."""
    survey: ProductSurvey
    fields: dict[str, str] = field(default_factory=dict)
    pictures: dict[str, tuple[int, str]] = field(default_factory=dict)
    """Position and alternative text by address."""
    variants: list[SourceVariant] = field(default_factory=list)
    numbers: dict[tuple[str, ...], RowNumber] = field(default_factory=dict)
    """Rows of accepted variants by their options, comparable."""
    parent: SourceRow | None = None
    slots: list[str] = field(default_factory=list)

    def collect(self, row: SourceRow) -> None:
        """Keep what a row says about its product, if no earlier row said it."""
        if row.aliases and self.key.startswith(UNNAMED):
            self.key = row.aliases[0]
        for name in PRODUCT_FIELDS:
            if name in row.fields:
                self.fields.setdefault(name, row.fields[name])
        position = ascii_digits(row.fields.get("picture_position", "")).strip()
        written = int(position) if position.isdecimal() and len(position) < 6 else 0
        for text, alternative_text in row.pictures:
            for part in split_addresses(text):
                address, note = check_picture_address(part)
                if note:
                    row.notes.append(note)
                elif address not in self.pictures:
                    place = written or len(self.pictures) + 1
                    self.pictures[address] = (place, clean_line(alternative_text)[:MAX_NAME_CHARS])
        if "variant_picture" in row.fields:
            address, note = check_picture_address(row.fields["variant_picture"])
            if note and note not in row.notes:
                row.notes.append(note)
            elif address:
                self.pictures.setdefault(address, (NO_PLACE, ""))

    def check(self, row: SourceRow) -> None:
        """Raise RowRefused if no row of this product can be accepted."""
        survey, is_variation = self.survey, row.fields.get("type") == "variation"
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
        if survey.title_length > MAX_TITLE_CHARS:
            raise RowRefused(RefusalReason.TITLE_TOO_LONG, length=survey.title_length, limit=MAX_TITLE_CHARS)
        if len(self.slots) > MAX_OPTIONS:
            raise RowRefused(RefusalReason.TOO_MANY_OPTIONS, limit=MAX_OPTIONS)

    def options_of(self, row: SourceRow) -> tuple[str, ...]:
        """Return a value for each option of the self. Raises RowRefused."""
        survey, values = self.survey.options, []
        if survey is None:
            return ()
        written = {slot: typed for slot, _name, typed in row.options}
        if survey.offered is not None and (strange := [slot for slot in written if slot not in survey.offered]):
            raise _not_offered(survey.names.get(strange[0], strange[0]), written[strange[0]])
        for slot in self.slots:
            name, typed = self.option_name(slot), [clean_line(value) for value in written.get(slot, [])]
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

    def option_name(self, slot: str) -> str:
        names = self.survey.options.names if self.survey.options else {}
        return names.get(slot) or f"Option {slot}"

    def key_of(self, row: SourceRow) -> str:
        """Return what tells the variant of a row apart, whether or not the row can be accepted."""
        options = tuple(clean_line(", ".join(values)) for _slot, _name, values in row.options) if self.slots else ()
        return short_key(comparable(row.fields.get("sku", ""))) or self.key_without_sku(row, options)

    def key_without_sku(self, row: SourceRow, options: tuple[str, ...]) -> str:
        """Return what tells a variant apart from one run to the next: its id, or handle (or else title) and options."""
        if "id" in row.fields:
            return short_key(f"id:{comparable(row.fields['id'])}")
        handle = comparable(self.fields.get("handle", "")) or comparable(self.survey.title)
        return short_key(f"{handle}|{'/'.join(options)}")


def _not_offered(option: str, values: list[str]) -> RowRefused:
    return RowRefused(RefusalReason.NOT_OFFERED, option=option, value=", ".join(values)[:60])
