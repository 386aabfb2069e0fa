"""The page of Django admin on which the stock of a variant is changed, with its latest movements."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext, gettext_noop

from accounts.access import user_with_permission
from accounts.editable_admin import EditableAdmin
from accounts.history import history_line
from catalog.forms import StockMovementForm
from catalog.models import Product, Variant
from catalog.stock_movements import MovementRefused, move_stock


class StockPages(EditableAdmin[Product]):
    """Mixin for the admin of products. A product with several variants has a page for each, and one that lists them."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/stock/", view(self.stocks_page), name="catalog_product_stock"),
            path("<int:pk>/stock/<int:variant_id>/", view(self.stock_page), name="catalog_variant_stock"),
            *super().get_urls(),
        ]

    def stocks_page(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show the variants of a product with their stock, or go to the only one."""
        user_with_permission(request, "catalog.add_stockmovement")
        product = get_object_or_404(Product, pk=pk)
        variants = list(product.variants.in_order())
        if len(variants) == 1:
            return redirect("admin:catalog_variant_stock", pk, variants[0].pk)
        context = self.admin_site.each_context(request) | {
            "title": gettext("Stock of %(product)s") % {"product": product},
            "opts": self.opts,
            "original": product,
            "variants": variants,
        }
        return TemplateResponse(request, "admin/catalog/product/stocks.html", context)

    def stock_page(self, request: HttpRequest, pk: int, variant_id: int) -> HttpResponse:
        """Show a variant's stock and latest movements, with a form for another."""
        user = user_with_permission(request, "catalog.add_stockmovement")
        row = get_object_or_404(Variant.objects.select_related("product"), pk=variant_id, product=pk)
        data = request.POST if request.method == "POST" else None
        form = StockMovementForm(data, variant=row)
        if data is not None and form.is_valid():
            try:
                movement = move_stock(variant_id=row.pk, created_by=user, now=timezone.now(), **form.movement)
            except MovementRefused as refusal:
                form.refuse(str(refusal))
            else:
                words, change = gettext_noop("Stock %(change)s: %(reason)s"), f"{movement.change:+d}"
                options = f"{row.options_text} " if row.option_values else ""
                change = f"{options}{change}"
                self.log_change(request, row.product, history_line(words, change=change, reason=movement.reason))
                sentence = gettext("The stock is now %(stock)d.") % {"stock": movement.stock_after}
                self.message_user(request, sentence, messages.SUCCESS)
                return redirect("admin:catalog_variant_stock", pk, row.pk)
        movements = row.stock_movements.select_related("created_by").order_by("-created_at", "-pk")[:50]
        context = self.admin_site.each_context(request) | {
            "title": gettext("Stock of %(product)s") % {"product": row},
            "opts": self.opts,
            "original": row.product,
            "variant": row,
            "form": form,
            "movements": movements,
        }
        status = 422 if form.errors else 200
        return TemplateResponse(request, "admin/catalog/product/stock.html", context, status=status)
