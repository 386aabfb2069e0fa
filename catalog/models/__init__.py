"""Tables of the catalogue, and of the shop's own name, look and legal pages."""

from catalog.models.catalogue_source import (
    CatalogueSource,
    CategoryMapping,
    FetchInterval,
    InStockMeaning,
    SourcedProduct,
    SourcedVariant,
)
from catalog.models.digital_file import DigitalFile
from catalog.models.export_address import ExportAddress
from catalog.models.import_run import Import, ImportRow, ImportState, RowOutcome
from catalog.models.listing_change import ChangeState, ListingChange
from catalog.models.merchant import HOUSE_ID, Merchant, MerchantMember, MerchantRole, MerchantState, seller_of
from catalog.models.merchant_invitation import MerchantInvitation
from catalog.models.pickup_place import PickupPlace, Postcode
from catalog.models.price_change import PriceChange
from catalog.models.product import (
    Brand,
    Category,
    CategoryQuerySet,
    Product,
    ProductQuerySet,
    TaxClass,
    default_currency,
)
from catalog.models.product_image import ProductImage
from catalog.models.scheduled_price import ScheduledPrice, ScheduledPriceState
from catalog.models.site import LegalKind, LegalPage, SiteSettings
from catalog.models.source_fetch import FetchOutcome, SourceFetch
from catalog.models.sourced_picture import PictureState, SourcedPicture
from catalog.models.stock_movement import StockMovement, StockMovementKind
from catalog.models.variant import Variant, VariantQuerySet, name_variant

__all__ = [
    "HOUSE_ID",
    "Brand",
    "CatalogueSource",
    "Category",
    "CategoryMapping",
    "CategoryQuerySet",
    "ChangeState",
    "DigitalFile",
    "ExportAddress",
    "FetchInterval",
    "FetchOutcome",
    "Import",
    "ImportRow",
    "ImportState",
    "InStockMeaning",
    "LegalKind",
    "LegalPage",
    "ListingChange",
    "Merchant",
    "MerchantInvitation",
    "MerchantMember",
    "MerchantRole",
    "MerchantState",
    "PickupPlace",
    "PictureState",
    "Postcode",
    "PriceChange",
    "Product",
    "ProductImage",
    "ProductQuerySet",
    "RowOutcome",
    "ScheduledPrice",
    "ScheduledPriceState",
    "SiteSettings",
    "SourceFetch",
    "SourcedPicture",
    "SourcedProduct",
    "SourcedVariant",
    "StockMovement",
    "StockMovementKind",
    "TaxClass",
    "Variant",
    "VariantQuerySet",
    "default_currency",
    "name_variant",
    "seller_of",
]
