"""Everything that the reading of a catalogue file can say: why it stopped, why a row was refused, what else was noticed.

A remark holds a code and the values of its sentence, so that each person reads it in their own language.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db import models
from django.utils.translation import gettext_lazy as _


class StopReason(models.TextChoices):
    """Why a file is refused before its first row."""

    FILE_GONE = "file_gone", _("The file is no longer here. Send it again.")
    SUPERSEDED = "superseded", _("The source sent a newer file before this one was started.")
    EMPTY = "empty", _("The file is empty. Send a catalogue as CSV, XML or JSON.")
    NO_ROWS = "no_rows", _("The file contains no products. Export the catalogue again, with its products.")
    CUT_OFF = "cut_off", _("The file ends before its first product. It was probably not sent in full: send it again.")
    WORKBOOK = "workbook", _("This is a spreadsheet's own file. Save it as “CSV UTF-8” and send that file instead.")
    ARCHIVE = "archive", _("This is an archive. Unpack it and send the catalogue itself, as CSV, XML or JSON.")
    NOT_TEXT = "not_text", _("This is not a catalogue. Send a file in CSV, XML or JSON.")
    WEB_PAGE = (
        "web_page",
        _("This is a web page, not a catalogue. The address may need a sign-in, or its link may have expired."),
    )
    NOT_A_CATALOGUE = (
        "not_a_catalogue",
        _("This is not a catalogue in a format that can be read: it has no list of products."),
    )
    UNKNOWN_ENCODING = (
        "unknown_encoding",
        _("The letters of this file can't be recognized. Save it as “CSV UTF-8” and send it again."),
    )
    UNKNOWN_COLUMNS = (
        "unknown_columns",
        _("The column names are not those of a known format: %(columns)s. Use the names of the exporting shop system."),
    )
    MISSING_COLUMN = "missing_column", _("The column “%(column)s” is missing.")
    REPEATED_COLUMN = "repeated_column", _("Two columns mean the same: “%(column)s”. Remove or rename one.")
    FILE_TOO_LARGE = "file_too_large", _("The file has more than %(limit)s MB. Split it into smaller ones.")
    UNPACKED_TOO_LARGE = "unpacked_too_large", _("The file unpacks to more than %(limit)s MB. Split it.")
    UNPACKED_TOO_FAR = (
        "unpacked_too_far",
        _("The file unpacks to more than %(limit)s times its size. No catalogue does."),
    )
    TOO_MANY_ROWS = "too_many_rows", _("The file has more than %(limit)s rows. Split it into smaller ones.")
    TOO_MANY_COLUMNS = "too_many_columns", _("The file has more than %(limit)s columns.")
    ROW_TOO_LONG = "row_too_long", _("Row %(row)s has more than %(limit)s characters.")
    CELL_TOO_LONG = "cell_too_long", _("A cell of row %(row)s has more than %(limit)s characters.")
    XML_DOCTYPE = (
        "xml_doctype",
        _("The file declares a document type (DOCTYPE), which can hide harmful entities. Export it without."),
    )
    XML_DAMAGED = "xml_damaged", _("The XML is damaged in line %(line)s, before the first product.")
    XML_TOO_DEEP = "xml_too_deep", _("Elements of the XML are nested more than %(limit)s deep.")
    JSON_DAMAGED = "json_damaged", _("The file looks like JSON but is damaged before its first product.")


class RefusalReason(models.TextChoices):
    """Why a row creates and changes no variant."""

    NO_TITLE = "no_title", _("The product has no title.")
    TITLE_TOO_LONG = "title_too_long", _("The title has %(length)s characters. At most %(limit)s are possible.")
    GIFT_CARD = "gift_card", _("Gift cards are not sold here.")
    NO_ID = "no_id", _("The item has no id.")
    SKU_TOO_LONG = "sku_too_long", _("The SKU has %(length)s characters. At most %(limit)s are possible.")
    SKU_TAKEN = "sku_taken", _("The SKU %(sku)s is already in row %(row)s.")
    SAME_OPTIONS = "same_options", _("The options %(options)s are already in row %(row)s.")
    SAME_PRODUCT = "same_product", _("Nothing tells this apart from row %(row)s of the same product.")
    MISSING_OPTION = "missing_option", _("The option “%(option)s” is missing.")
    OPTION_TOO_LONG = "option_too_long", _("An option has %(length)s characters. At most %(limit)s are possible.")
    TOO_MANY_OPTIONS = "too_many_options", _("The product has more than %(limit)s options.")
    TOO_MANY_VARIANTS = "too_many_variants", _("The product already has %(limit)s variants.")
    NO_PRICE = "no_price", _("There is no price.")
    NOT_A_PRICE = "not_a_price", _("“%(text)s” is not a price.")
    FOREIGN_CURRENCY = "foreign_currency", _("“%(text)s” is not in %(currency)s, the shop's currency.")
    TOO_MANY_DECIMALS = "too_many_decimals", _("“%(text)s” has more decimals than %(currency)s has.")
    NEGATIVE_PRICE = "negative_price", _("The price “%(text)s” is negative.")
    UNCLEAR_PRICE = (
        "unclear_price",
        _("“%(text)s” can be read in two ways, and no other price of the file shows its decimal sign."),
    )
    PRICE_TOO_HIGH = "price_too_high", _("The price “%(text)s” is too high to be stored.")
    NOT_A_STOCK = "not_a_stock", _("The stock “%(text)s” is not a whole number.")
    NO_AVAILABILITY = "no_availability", _("The item does not say whether it is available.")
    UNKNOWN_AVAILABILITY = "unknown_availability", _("The availability “%(text)s” is not known.")
    TOO_MANY_CELLS = "too_many_cells", _("The row has more cells than there are columns.")
    UNCLOSED_QUOTE = "unclosed_quote", _("A quotation mark of this row is never closed.")
    CUT_OFF = "cut_off", _("The file ends in the middle of this row.")
    DAMAGED = "damaged", _("The item is damaged in line %(line)s: its markup is not closed properly.")
    NOT_A_PRODUCT = "not_a_product", _("This is not a product.")
    NO_VARIANTS = "no_variants", _("The product has no variants.")
    NO_PARENT = "no_parent", _("Its parent “%(parent)s” is not in the file.")
    PARENT_WITHOUT_VARIATIONS = "parent_without_variations", _("Its parent “%(parent)s” has no variations.")
    NOT_OFFERED = "not_offered", _("The parent does not offer the %(option)s “%(value)s”.")
    ANY_VALUE = "any_value", _("The variation is for any %(option)s. Add one row for each %(option)s.")
    NOTHING_TO_SELL = "nothing_to_sell", _("Nothing of this product can be sold: no variation was accepted.")
    GROUPED = "grouped", _("Grouped products are not sold here. Their parts are.")
    UNKNOWN_TYPE = "unknown_type", _("Products of the type “%(text)s” are not sold here.")
    NO_HTTPS_ADDRESS = "no_https_address", _("Another shop sells this product, but its address is not one with https.")


class NoteKind(models.TextChoices):
    """What a person should know about a row or a file that was read all the same."""

    CONTROL_CHARACTERS = "control_characters", _("Invisible control characters were left out.")
    WRONG_BYTES = (
        "wrong_bytes",
        _("Some letters were in another encoding than the file, and were read as Windows-1252."),
    )
    UNREADABLE_LETTERS = "unreadable_letters", _("Some letters can't be read: they were lost before the file was sent.")
    REPAIRED_XML = "repaired_xml", _("Characters such as “&” that were not written as XML asks were read as text.")
    BARCODE_INVALID = "barcode_invalid", _("The barcode “%(text)s” can't be right and was left out.")
    BARCODE_DIGITS_LOST = (
        "barcode_digits_lost",
        _("A spreadsheet has cut digits off the barcode “%(text)s”, so it was left out."),
    )
    BARCODE_ZERO = "barcode_zero", _("A zero that was lost in front of the barcode was put back: %(barcode)s.")
    BARCODE_ISBN = "barcode_isbn", _("The old ISBN “%(text)s” became the barcode %(barcode)s.")
    COMPARE_AT_NOT_HIGHER = (
        "compare_at_not_higher",
        _("The compare-at price is not above the price, so no price is crossed out."),
    )
    PRICE_ZERO = "price_zero", _("The price is 0. The variant is not put on sale until a person confirms it.")
    SALE_NOT_LOWER = "sale_not_lower", _("The sale price is not below the price, so there is no sale.")
    SALE_ZERO = "sale_zero", _("The sale price is 0 and was left out.")
    SALE_PERIOD_UNCLEAR = (
        "sale_period_unclear",
        _("The period “%(text)s” is not a start and an end, so there is no sale."),
    )
    EXPIRED = "expired", _("The source offers it only until %(text)s, so it is sold out.")
    EXPIRY_UNCLEAR = "expiry_unclear", _("“%(text)s” is no date until which it is offered, so it was left out.")
    STOCK_NEGATIVE = "stock_negative", _("The source says %(stock)s. The stock is 0.")
    STOCK_UNKNOWN = (
        "stock_unknown",
        _("The stock is counted, but blank. A known stock stays; a new variant waits for one."),
    )
    STOCK_SHARED = (
        "stock_shared",
        _(
            "The source counts one stock for all variants together. A known stock stays; a new variant waits for its own."
        ),
    )
    WEIGHT_UNCLEAR = "weight_unclear", _("The weight “%(text)s” was left out: it is not a weight with a known unit.")
    PICTURE_NOT_PUBLIC = "picture_not_public", _("The picture was left out: its address is not one on the public web.")
    PICTURE_INSIDE = (
        "picture_inside",
        _("The picture was left out: it stands in the file itself instead of an address."),
    )
    PICTURE_PASSWORD = "picture_password", _("The picture was left out: its address contains a name or password.")
    PICTURE_NOT_ADDRESS = "picture_not_address", _("The picture was left out: “%(text)s” is not a full web address.")
    TOO_MANY_PICTURES = "too_many_pictures", _("Only the first %(limit)s pictures are used.")
    NO_PICTURE = "no_picture", _("The product has no picture.")
    UNLISTED = "unlisted", _("The product is unlisted at the source, so it is not on sale here.")
    UNKNOWN_STATUS = "unknown_status", _("The status “%(text)s” is not known, so the product is not on sale.")
    OPTION_WITHOUT_NAME = "option_without_name", _("An option has no name in the file and is called “%(name)s”.")
    NAME_TOO_LONG = "name_too_long", _("“%(text)s…” has more than %(limit)s characters and was left out.")

    ENDS_EARLY = "ends_early", _("The file ends early. Nothing that is missing from it goes off sale.")
    ENCODING = "encoding", _("The file is read as %(encoding)s.")
    DECIMAL_POINT = "decimal_point", _("The decimal sign of this file is the point: 1,299.00.")
    DECIMAL_COMMA = "decimal_comma", _("The decimal sign of this file is the comma: 1.299,00.")
    DECIMAL_UNKNOWN = "decimal_unknown", _("No price shows the decimal sign of this file.")
    UNUSED_COLUMNS = "unused_columns", _("These columns are not used: %(columns)s.")


class RunReason(models.TextChoices):
    """Why a row that was read well changes nothing, and what else a run has to say."""

    HELD_ELSEWHERE = "held_elsewhere", _("Another row of this file is the same variant of the shop.")
    OPTIONS_HELD = "options_held", _("Another variant of the product has the options %(options)s.")
    OPTIONS_UNLIKE = (
        "options_unlike",
        _("The product has other options in the shop, so they stay. The source says: %(options)s."),
    )
    SOLD_ELSEWHERE = "sold_elsewhere", _("It is sold by another shop. What you sell here is bought here.")
    IN_OTHER_PRODUCT = "in_other_product", _("It is a variant of another product in the shop, and stays there.")
    FIELD_CHANGED = "field_changed", _("Changed: %(field)s.")
    FIELD_CHANGED_TO = "field_changed_to", _("Changed: %(field)s, from %(old)s to %(new)s.")
    FIELD_KEPT = "field_kept", _("Edited in the shop, so it stays: %(field)s. The source says: %(text)s.")
    STAYS_OFF_SALE = "stays_off_sale", _("It was taken off sale in the shop, so it stays off sale.")
    WAITS_FOR_CATEGORY = (
        "waits_for_category",
        _("Off sale until the category “%(words)s” is assigned to one of the shop."),
    )
    WAITS_FOR_REVIEW = "waits_for_review", _("Text, options and pictures wait for the shop's review.")
    DOWNLOADS = "downloads", _("A download, which cannot be sold here. It is not on sale.")
    BRAND_TOO_LONG = "brand_too_long", _("The brand “%(text)s…” has more than %(limit)s characters and was left out.")
    NOT_STORED = "not_stored", _("It can't be stored beside what the shop has. Check its SKU and options.")
    FEWER_UNITS = (
        "fewer_units",
        _("The source takes away %(change)s units, but only %(stock)s are in stock. The stock is 0."),
    )


class PictureFailure(models.TextChoices):
    """Why a picture was not fetched or stored. Of private addresses, open and closed ports are told in the same words."""

    NOT_PUBLIC = "not_public", _("The picture was left out: %(address)s leads to no address on the public web.")
    UNREACHABLE = "unreachable", _("The picture was left out: %(address)s could not be reached.")
    NOT_FOUND = "not_found", _("The picture was left out: there is none at %(address)s.")
    TOO_SLOW = "too_slow", _("The picture was left out: %(address)s answers too slowly.")
    TOO_LARGE = "too_large", _("The picture was left out: what is at %(address)s is larger than 25 MB.")
    TOO_MANY_REDIRECTS = "too_many_redirects", _("The picture was left out: %(address)s redirects too often.")
    NOT_A_PICTURE = "not_a_picture", _("The picture was left out: what is at %(address)s can't be used as a picture.")
    TOO_MANY = "too_many", _("The picture at %(address)s was left out: the product has %(limit)s pictures.")


@dataclass(frozen=True, slots=True)
class Remark:
    """A reason or note, with the values that its sentence needs."""

    kind: StopReason | RefusalReason | NoteKind | RunReason | PictureFailure
    values: Mapping[str, str | int] = field(default_factory=dict)

    @property
    def sentence(self) -> str:
        """Return the sentence in the active language."""
        return str(self.kind.label) % self.values


class CatalogueStopped(Exception):
    """A file that is refused before its first row. The message is a sentence for the person who sent it."""

    def __init__(self, reason: StopReason, **values: str | int) -> None:
        self.remark = Remark(reason, values)
        super().__init__(reason.value)

    def __str__(self) -> str:
        return self.remark.sentence


class RowRefused(Exception):
    """A row that creates and changes no variant."""

    def __init__(self, reason: RefusalReason, **values: str | int) -> None:
        self.remark = Remark(reason, values)
        super().__init__(reason.value)
