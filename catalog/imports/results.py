"""What the reading of a catalogue file results in: products with variants, refused rows, and notes. All immutable."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from catalog.imports.remarks import Remark


class Availability(StrEnum):
    IN_STOCK = "in_stock"
    OUT_OF_STOCK = "out_of_stock"
    PREORDER = "preorder"
    BACKORDER = "backorder"


@dataclass(frozen=True, slots=True, order=True)
class RowNumber:
    """The n-th record after the column names, n-th item or n-th product; with a part, its k-th variant (in JSON)."""

    row: int
    part: int = 0

    def __str__(self) -> str:
        return f"{self.row}.{self.part}" if self.part else str(self.row)


@dataclass(frozen=True, slots=True)
class SalePrice:
    """A lower price for a time: `starts_at` ≤ now < `ends_at`. None is without limit."""

    amount_minor: int
    starts_at: datetime | None = None
    ends_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class SourcePicture:
    """An address that may be fetched: http or https, a public name, no password. It may still lead anywhere."""

    address: str
    alternative_text: str = ""


@dataclass(frozen=True, slots=True)
class SourceVariant:
    """One accepted row. None means that the source says nothing, so that what the shop knows stays."""

    number: RowNumber
    key: str
    """Tells it apart from all others of its source: the SKU in lower case, or else id:…, or handle|option/option."""
    sku: str
    options: tuple[str, ...]
    """A value for each of the product's option names."""
    price_minor: int
    """In the shop's currency. 0 is never put on sale until a person confirms it."""
    compare_at_minor: int | None = None
    sale: SalePrice | None = None
    stock: int | None = None
    """A number of units, 0 or more. None leaves the stock alone."""
    is_tracked: bool | None = None
    """False: sold without counting."""
    sells_without_stock: bool = False
    availability: Availability | None = None
    barcode: str = ""
    """8, 12, 13 or 14 digits with a right check digit, or empty."""
    weight_grams: int | None = None
    picture: str = ""
    """The address of one of the product's pictures, or empty."""
    link: str = ""
    """Its page in the source's own shop."""
    outbound_url: str = ""
    """An https address if another shop sells it."""
    needs_shipping: bool = True
    is_download: bool = False
    download_limit: int | None = None


@dataclass(frozen=True, slots=True)
class SourceProduct:
    """A product of which at least one row was accepted."""

    key: str
    """Tells it apart from the others of its file, such as “handle:linen-shirt”, “group:polo” or “id:412”. “row:11” of a product
    that the source does not name says nothing about the next run: the keys of its variants do."""
    handle: str
    """What the source calls it in addresses, or empty."""
    title: str
    description: str
    """HTML with harmless elements only."""
    brand: str
    category: str
    """A path in, or number of, a public taxonomy (Google's or Shopify's), in the source's words. “ > ” parts its names."""
    product_types: tuple[str, ...]
    """Paths of the source's own categories."""
    is_on_sale: bool
    option_names: tuple[str, ...]
    pictures: tuple[SourcePicture, ...]
    variants: tuple[SourceVariant, ...]
    """In the order of the file, at least one."""


@dataclass(frozen=True, slots=True)
class RefusedRow:
    number: RowNumber
    line: int
    """Where the row begins in a text file, from 1; 0 if that is not known."""
    remark: Remark
    key: str = ""
    """Of the variant that it would be, as far as it can be read: a refused row is not missing."""


@dataclass(frozen=True, slots=True)
class RowNote:
    number: RowNumber
    remark: Remark


type Outcome = SourceProduct | RefusedRow | RowNote
