"""From a row to a variant: its values, checked, or the one reason why the row is refused."""

from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

from catalog.imports.limits import MAX_INTEGER, MAX_SKU_CHARS
from catalog.imports.remarks import NoteKind, RefusalReason, RowRefused
from catalog.imports.results import Availability, SalePrice, SourceVariant
from catalog.imports.source_rows import SourceRow
from catalog.imports.survey import is_true
from catalog.imports.values.barcodes import read_barcode
from catalog.imports.values.prices import read_price
from catalog.imports.values.sale_periods import read_moment, read_period
from catalog.imports.values.stock import read_availability, read_stock
from catalog.imports.values.text import ascii_digits, clean_line
from catalog.imports.values.weights import read_weight
from catalog.public_web.addresses import check_address

TRACKING = {"yes": True, "shared": True, "no": False}
UNKNOWN_STOCKS = {"yes": NoteKind.STOCK_UNKNOWN, "shared": NoteKind.STOCK_SHARED}
SELLS_WITHOUT_STOCK = frozenset({"continue", "true", "yes", "1", "notify"})


@dataclass(frozen=True)
class ShopRules:
    """What a file is read by: the shop's currency and time zone, the file's decimal sign ("" if open), and the time."""

    currency: str
    zone: tzinfo
    decimal_sign: str
    now: datetime


@dataclass(frozen=True)
class VariantReader:
    """Reads the values of rows. Notes go to the row."""

    rules: ShopRules

    def read(self, row: SourceRow, *, sku: str, options: tuple[str, ...], key: str) -> SourceVariant:
        """Return the variant of a row. Raises RowRefused."""
        fields = row.fields
        availability = read_availability(fields["availability"]) if "availability" in fields else None
        if "expires_at" in fields and self._is_expired(row):
            availability = Availability.OUT_OF_STOCK
        price = self._price(row)
        stock = self._stock(row)
        return SourceVariant(
            number=row.number,
            key=key,
            sku=sku,
            options=options,
            price_minor=price,
            compare_at_minor=self._compare_at(row, price),
            sale=self._sale(row, price),
            stock=stock,
            is_tracked=_tracking(fields),
            sells_without_stock=fields.get("stock_policy", "").strip().casefold() in SELLS_WITHOUT_STOCK,
            availability=availability,
            barcode=_barcode(row),
            weight_grams=self._weight(row),
            picture=check_address(fields["variant_picture"])[0] if "variant_picture" in fields else "",
            link=_address(fields.get("link", "")),
            outbound_url=_outbound(row),
            needs_shipping=fields.get("needs_shipping", "").strip().casefold() not in ("no", "false", "0"),
            is_download=is_true(fields.get("is_download", "")),
            download_limit=_whole(fields.get("download_limit", "")),
        )

    def _price(self, row: SourceRow) -> int:
        if "price" not in row.fields:
            raise RowRefused(RefusalReason.NO_PRICE)
        currency = clean_line(row.fields.get("currency", ""))
        if currency and currency.upper() != self.rules.currency:
            raise RowRefused(
                RefusalReason.FOREIGN_CURRENCY,
                text=f"{row.fields['price'].strip()[:40]} {currency[:10]}",
                currency=self.rules.currency,
            )
        price = self._amount(row.fields["price"])
        if not price:
            row.note(NoteKind.PRICE_ZERO)
        return price

    def _amount(self, text: str) -> int:
        return read_price(text, self.rules.currency, self.rules.decimal_sign)

    def _compare_at(self, row: SourceRow, price: int) -> int | None:
        text = row.fields.get("compare_at_price", "")
        compare_at = self._amount(text) if text else 0
        if not compare_at:
            return None
        if compare_at <= price:
            row.note(NoteKind.COMPARE_AT_NOT_HIGHER)
            return None
        return compare_at

    def _sale(self, row: SourceRow, price: int) -> SalePrice | None:
        if "sale_price" not in row.fields:
            return None
        amount = self._amount(row.fields["sale_price"])
        if not amount or amount >= price:
            row.note(NoteKind.SALE_NOT_LOWER if amount else NoteKind.SALE_ZERO)
            return None
        if "sale_period" in row.fields:
            return self._sale_in_period(row, amount)
        starts, ends = row.fields.get("sale_starts_at", ""), row.fields.get("sale_ends_at", "")
        starts_at = read_moment(starts, self.rules.zone)
        ends_at = read_moment(ends, self.rules.zone, is_end=True)
        is_unclear = (starts and not starts_at) or (ends and not ends_at)
        if is_unclear or (starts_at and ends_at and starts_at >= ends_at):
            row.note(NoteKind.SALE_PERIOD_UNCLEAR, text=f"{starts.strip()}/{ends.strip()}"[:80])
            return None
        return SalePrice(amount, starts_at, ends_at)

    def _sale_in_period(self, row: SourceRow, amount: int) -> SalePrice | None:
        period = read_period(row.fields["sale_period"])
        if period is None:
            row.note(NoteKind.SALE_PERIOD_UNCLEAR, text=row.fields["sale_period"].strip()[:80])
            return None
        return SalePrice(amount, *period)

    def _is_expired(self, row: SourceRow) -> bool:
        """Return whether the source does not offer the item any more, by its own date."""
        text = clean_line(row.fields["expires_at"])[:40]
        expires_at = read_moment(text, UTC, is_end=True)
        if expires_at is None:
            row.note(NoteKind.EXPIRY_UNCLEAR, text=text)
            return False
        if expires_at <= self.rules.now:
            row.note(NoteKind.EXPIRED, text=text)
        return expires_at <= self.rules.now

    def _stock(self, row: SourceRow) -> int | None:
        """Return the stock, None if it is blank or not counted. A negative one becomes 0 with a note."""
        if "stock" not in row.fields:
            if note := UNKNOWN_STOCKS.get(row.fields.get("is_tracked", "")):
                row.note(note)
            return None
        stock = read_stock(row.fields["stock"], self.rules.decimal_sign)
        if row.fields.get("is_tracked") == "no":
            return None
        if stock < 0:
            row.note(NoteKind.STOCK_NEGATIVE, stock=f"−{-stock}")
        return max(stock, 0)

    def _weight(self, row: SourceRow) -> int | None:
        text, unit = row.fields.get("weight_grams", ""), "g"
        if not text:
            text, unit = row.fields.get("weight", ""), row.fields.get("weight_unit", "")
        if not text or not ascii_digits(text).strip(" 0.,"):
            return None
        weight = read_weight(text, unit, self.rules.decimal_sign)
        if weight is None:
            row.note(NoteKind.WEIGHT_UNCLEAR, text=text.strip()[:40])
        return weight


def read_sku(row: SourceRow) -> str:
    """Return the SKU as typed, without outer spaces and invisible characters. Raises RowRefused if it is too long."""
    sku = clean_line(row.fields.get("sku", ""))
    if len(sku) > MAX_SKU_CHARS:
        raise RowRefused(RefusalReason.SKU_TOO_LONG, length=len(sku), limit=MAX_SKU_CHARS)
    return sku


def _tracking(fields: dict[str, str]) -> bool | None:
    return TRACKING.get(fields.get("is_tracked", ""))


def _barcode(row: SourceRow) -> str:
    barcode, note = read_barcode(row.fields.get("barcode", ""))
    if note:
        row.notes.append(note)
    return barcode


def _address(text: str) -> str:
    return text.strip() if text.strip().startswith(("https://", "http://")) else ""


def _outbound(row: SourceRow) -> str:
    """Return where another shop sells the product. Raises RowRefused if that is not an https address."""
    if "outbound_url" not in row.fields and row.fields.get("type") != "external":
        return ""
    address = check_address(row.fields.get("outbound_url", ""))[0]
    if not address.startswith("https://"):
        raise RowRefused(RefusalReason.NO_HTTPS_ADDRESS)
    return address


def _whole(text: str) -> int | None:
    """Return a number of downloads, None for none or for no limit, which WooCommerce writes as -1."""
    digits = ascii_digits(text).strip()
    return int(digits) if digits.isdecimal() and len(digits) < 10 and 0 < int(digits) <= MAX_INTEGER else None
