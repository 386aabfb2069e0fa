"""Django admin for the variants of products."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.access import signed_in_user
from accounts.admin_filters import AutocompleteFilter, AutocompleteFilterMixin
from accounts.keys import parse_key
from accounts.readonly_admin import ReadOnlyAdmin
from catalog.admin.own_goods import KeepsSellersOut
from catalog.models import DigitalFile, PriceChange, Product, StockMovement, StockMovementKind, Variant
from catalog.money_fields import MoneyAdmin, money_column
from catalog.option_fields import OptionTextsField
from catalog.stock_movements import move_stock
from catalog.variant_forms import VariantForm

SHOWN_PRICES = 50


class PriceChangeInline(ReadOnlyAdmin, admin.TabularInline[PriceChange, Variant]):
    """The latest prices of a variant."""

    model = PriceChange
    fields = ["changed_at", "price", "was_offered"]
    readonly_fields = ["changed_at", "price", "was_offered"]
    ordering = ["-changed_at", "-pk"]
    price = money_column("price_minor", _("price"), currency="variant__product__currency")

    def get_queryset(self, request: HttpRequest) -> QuerySet[PriceChange]:
        match = request.resolver_match
        variant = parse_key(match.kwargs.get("object_id", "")) if match else 0
        latest = PriceChange.objects.filter(variant=variant).order_by("-changed_at", "-pk").values("pk")[:SHOWN_PRICES]
        return super().get_queryset(request).filter(pk__in=latest).select_related("variant__product")


@admin.register(Variant)
class VariantAdmin(KeepsSellersOut[Variant], AutocompleteFilterMixin, MoneyAdmin[Variant]):
    """Variants are added on the page of their product. Their stock is changed on a page of its own."""

    form = VariantForm
    list_display = ["product", "options_column", "sku", "price", "stock_column", "is_active"]
    list_display_links = ["product", "options_column"]
    list_filter = ["is_active", ("product", AutocompleteFilter)]
    list_select_related = ["product"]
    list_per_page = 50
    search_fields = ["product__name", "product__slug"]
    search_help_text = _("Name of the product, SKU or barcode.")
    inlines = [PriceChangeInline]
    ordering = ["product_id", "position", "pk"]
    actions = None
    price = money_column("price_minor", _("price"), currency="product__currency")

    @admin.display(description=_("options"))
    def options_column(self, variant: Variant) -> str:
        return variant.options_text or "–"

    @admin.display(description=_("in stock"))
    def stock_column(self, variant: Variant) -> str:
        return str(variant.stock) if variant.is_counted else gettext("Not counted")

    @admin.display(description=_("in stock"))
    def stock_link(self, variant: Variant) -> SafeString:
        url = reverse("admin:catalog_variant_stock", args=[variant.product_id, variant.pk])
        return format_html('{} – <a href="{}">{}</a>', self.stock_column(variant), url, gettext("change the stock"))

    @admin.display(description=_("scheduled prices"))
    def prices_link(self, variant: Variant) -> SafeString:
        url = reverse("admin:catalog_variant_prices", args=[variant.product_id, variant.pk])
        number = variant.scheduled_prices.open().count()
        return format_html('{} – <a href="{}">{}</a>', number, url, gettext("plan and cancel"))

    @admin.display(description=_("digital file"))
    def file_column(self, variant: Variant) -> str:
        return str(DigitalFile.objects.filter(variant=variant).first() or gettext("none"))

    @admin.display(description=_("digital file"))
    def file_link(self, variant: Variant) -> SafeString:
        url = reverse("admin:catalog_digitalfile_upload", args=[variant.pk])
        return format_html('{} – <a href="{}">{}</a>', self.file_column(variant), url, gettext("upload a file"))

    def read_word(self, word: str) -> list[Q]:
        return [Q(pk__in=Variant.objects.with_code(word).values("pk"))]

    def get_fields(self, request: HttpRequest, obj: Variant | None = None) -> Any:
        """Show the stock read-only. Only a new variant has a field for it, and only a product with options asks for them."""
        shown = ("product", "stock_link", "stock_column", "prices_link", "file_link", "file_column")
        fields = [name for name in super().get_fields(request, obj) if name not in shown]
        product = self._product_of(request, obj)
        if product is None or not product.option_names:
            fields = [name for name in fields if name != "option_values"]
        if obj is None:
            return fields
        fields[fields.index("opening_stock") if "opening_stock" in fields else 0] = self._stock_column(request)
        return ["product", *fields, *self._more_columns(request)]

    def get_readonly_fields(self, request: HttpRequest, obj: Variant | None = None) -> list[str]:
        return ["product", *self._more_columns(request), self._stock_column(request)] if obj else []

    def get_form(self, request: HttpRequest, obj: Variant | None = None, change: bool = False, **kwargs: Any) -> Any:
        form: Any = super().get_form(request, obj, change=change, **kwargs)
        product = self._product_of(request, obj)
        form.new_of = product  # Django makes a class for each request
        if product is not None and "option_values" in form.base_fields:
            label = form.base_fields["option_values"].label
            form.base_fields["option_values"] = OptionTextsField(labels=product.option_names, label=label)
        if product is not None and "picture" in form.base_fields:
            form.base_fields["picture"].queryset = product.images.order_by("position")
        return form

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """Add a variant to the product of the address."""
        product = self._product_of(request, None)
        if product is None:
            messages.info(request, gettext("Open a product. There you can add variants to it."))
            return redirect("admin:catalog_product_changelist")
        if not product.option_names:
            sentence = gettext("First enter what the variants of this product differ in, such as size.")
            messages.error(request, sentence)
            return redirect("admin:catalog_product_change", product.pk)
        return super().add_view(request, form_url, extra_context)

    def save_model(self, request: HttpRequest, variant: Variant, form: Any, change: bool) -> None:
        super().save_model(request, variant, form, change)
        if not change and (number := form.cleaned_data.get("opening_stock")):
            move_stock(
                variant_id=variant.pk,
                kind=StockMovementKind.RECEIVED,
                number=number,
                reason=gettext("Opening stock"),
                created_by=signed_in_user(request),
                now=timezone.now(),
            )

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Return what is deleted with a variant. Its movements of stock go without further permission."""
        names, counts, missing, in_the_way = super().get_deleted_objects(objs, request)
        return names, counts, missing - {str(StockMovement._meta.verbose_name)}, in_the_way

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """Refuse to delete a variant that was ordered, or a product's only one."""
        variant = self.get_object(request, unquote(object_id))
        sentence = self._explain_kept(variant, request) if variant and self.has_delete_permission(request) else ""
        if sentence:
            messages.error(request, sentence)
            return redirect("admin:catalog_variant_change", object_id)
        return super().delete_view(request, object_id, extra_context)

    def _explain_kept(self, variant: Variant, request: HttpRequest) -> str:
        if not Variant.objects.filter(product=variant.product_id).exclude(pk=variant.pk).exists():
            return gettext("A product has one variant at least. Take the product off sale instead.")
        if self.get_deleted_objects([variant], request)[3]:
            return gettext("This variant was ordered, so it stays. Take it off sale instead.")
        return ""

    def _more_columns(self, request: HttpRequest) -> list[str]:
        may_change = request.user.has_perm("catalog.change_variant")
        return ["prices_link", self._file_column(request)] if may_change else [self._file_column(request)]

    def _file_column(self, request: HttpRequest) -> str:
        return "file_link" if request.user.has_perm("catalog.change_variant") else "file_column"

    def _stock_column(self, request: HttpRequest) -> str:
        return "stock_link" if request.user.has_perm("catalog.add_stockmovement") else "stock_column"

    def _product_of(self, request: HttpRequest, variant: Variant | None) -> Product | None:
        if variant is not None and variant.product_id:
            return variant.product
        return Product.objects.filter(pk=parse_key(request.GET.get("product", ""))).first()
