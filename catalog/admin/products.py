"""Django admin for the catalogue."""

from typing import Any

from django.contrib import admin
from django.db.models import Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.access import signed_in_user
from accounts.admin_filters import AutocompleteFilter, AutocompleteFilterMixin
from accounts.editable_admin import EditableAdmin
from accounts.picture_forms import PictureAdminMixin
from accounts.readonly_admin import ReadOnlyAdmin
from catalog.admin.own_goods import KeepsSellersOut
from catalog.admin.price_pages import PricePages
from catalog.admin.product_pictures import PicturePages, ProductImageInline
from catalog.admin.sale_actions import SaleActions
from catalog.admin.stock_pages import StockPages
from catalog.forms import ProductForm
from catalog.models import Brand, Product, StockMovement, StockMovementKind, TaxClass, Variant
from catalog.models.variant import OPTION_SEPARATOR
from catalog.money_fields import MoneyAdmin, money_column
from catalog.stock_movements import move_stock

SHOWN_VARIANTS = 12
"""How many variants the page of a product names."""


@admin.register(TaxClass)
class TaxClassAdmin(EditableAdmin[TaxClass]):
    list_display = ["name"]
    search_fields = ["name"]
    ordering = ["name"]


@admin.register(Brand)
class BrandAdmin(EditableAdmin[Brand]):
    list_display = ["name"]
    search_fields = ["name"]
    prepopulated_fields = {"slug": ["name"]}
    ordering = ["name"]


@admin.register(Product)
class ProductAdmin(
    KeepsSellersOut[Product],
    SaleActions,
    StockPages,
    PricePages,
    PicturePages,
    PictureAdminMixin,
    AutocompleteFilterMixin,
    MoneyAdmin[Product],
):
    form = ProductForm
    list_display = ["name", "brand", "category", "merchant", "price", "stock", "is_active"]
    list_filter = [
        "is_active",
        ("outbound_url", admin.EmptyFieldListFilter),
        ("category", AutocompleteFilter),
        ("brand", AutocompleteFilter),
    ]
    list_select_related = ["brand", "category", "merchant"]
    search_fields = ["name", "slug", "brand__name"]
    autocomplete_fields = ["brand", "category"]
    prepopulated_fields = {"slug": ["name"]}
    inlines = [ProductImageInline]
    ordering = ["name"]
    list_per_page = 50
    price = money_column("price_minor", _("price"))

    def get_fields(self, request: HttpRequest, obj: Product | None = None) -> Any:
        """Show the stock and the variants read-only. Only a new product has a field for its stock."""
        shown = ("opening_stock", "stock_link", "stock", "variants_link", "price")
        fields = [name for name in super().get_fields(request, obj) if name not in shown]
        fields.insert(fields.index("is_listed"), "opening_stock" if obj is None else self._stock_column(request))
        if obj is None:
            return fields
        if _has_several(obj) and "confirms_zero" in fields:
            fields[fields.index("price_minor")] = "price"
            fields.remove("confirms_zero")
        if request.user.has_perm("catalog.change_variant"):
            fields.insert(fields.index("option_names") + 1, "variants_link")
        return fields

    def get_readonly_fields(self, request: HttpRequest, obj: Product | None = None) -> list[str]:
        return ["price", "variants_link", self._stock_column(request)] if obj else []

    def _stock_column(self, request: HttpRequest) -> str:
        return "stock_link" if request.user.has_perm("catalog.add_stockmovement") else "stock"

    @admin.display(description=_("in stock"))
    def stock_link(self, product: Product) -> SafeString:
        url = reverse("admin:catalog_product_stock", args=[product.pk])
        return format_html('{} – <a href="{}">{}</a>', product.stock, url, gettext("change the stock"))

    @admin.display(description=_("variants"))
    def variants_link(self, product: Product) -> SafeString:
        names = product.variants.in_order().values_list("option_values", flat=True)
        shown = ", ".join(OPTION_SEPARATOR.join(values) for values in names[:SHOWN_VARIANTS] if values)
        return format_html(
            '{} <bdi>{}</bdi> – <a href="{}?product__id__exact={}">{}</a> · <a href="{}?product={}">{}</a>',
            len(names),
            f"({shown}…)" if len(names) > SHOWN_VARIANTS else f"({shown})" if shown else "",
            reverse("admin:catalog_variant_changelist"),
            product.pk,
            gettext("change the variants"),
            reverse("admin:catalog_variant_add"),
            product.pk,
            gettext("add a variant"),
        )

    def read_word(self, word: str) -> list[Q]:
        """Return products that have a variant with this SKU or barcode."""
        return [Q(pk__in=Variant.objects.with_code(word).values("product"))]

    def save_model(self, request: HttpRequest, product: Product, form: Any, change: bool) -> None:
        super().save_model(request, product, form, change)
        if not change and (number := form.cleaned_data.get("opening_stock")):
            move_stock(
                variant_id=product.variants.get().pk,
                kind=StockMovementKind.RECEIVED,
                number=number,
                reason=gettext("Opening stock"),
                created_by=signed_in_user(request),
                now=timezone.now(),
            )

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        form.save_picture(form.instance)


def _has_several(product: Product) -> bool:
    return Variant.objects.filter(product=product.pk).count() > 1


@admin.register(StockMovement)
class StockMovementAdmin(ReadOnlyAdmin, admin.ModelAdmin[StockMovement]):
    list_display = ["created_at", "variant", "kind", "change", "stock_after", "reason", "created_by"]
    list_filter = ["kind", "created_at"]
    list_select_related = ["variant__product", "created_by"]
    search_fields = ["product__name", "product__slug", "variant__sku", "reason"]
    ordering = ["-created_at", "-pk"]
