"""Tables of the catalogue, and of the shop's own name, look and legal pages."""

from catalog.models.catalogue_source import (
    CatalogueSource,
    CategoryMapping,
    InStockMeaning,
    SourcedProduct,
    SourcedVariant,
)
from catalog.models.import_run import Import, ImportRow, ImportState, RowOutcome
from catalog.models.merchant import HOUSE_ID, Merchant, MerchantMember, MerchantRole, MerchantState
from catalog.models.merchant_invitation import MerchantInvitation
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
from catalog.models.site import LegalKind, LegalPage, SiteSettings
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
    "Import",
    "ImportRow",
    "ImportState",
    "InStockMeaning",
    "LegalKind",
    "LegalPage",
    "Merchant",
    "MerchantInvitation",
    "MerchantMember",
    "MerchantRole",
    "MerchantState",
    "PictureState",
    "PriceChange",
    "Product",
    "ProductImage",
    "ProductQuerySet",
    "RowOutcome",
    "SiteSettings",
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
]
