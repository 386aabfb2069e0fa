"""The page of Django admin on which lower prices of a variant are scheduled and cancelled."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext, gettext_noop

from accounts.access import user_with_permission
from accounts.editable_admin import EditableAdmin
from catalog.models import Product, Variant
from catalog.scheduled_price_forms import answer_form, list_scheduled_prices


class PricePages(EditableAdmin[Product]):
    """Mixin for the admin of products."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.prices_page)
        return [path("<int:pk>/prices/<int:variant_id>/", view, name="catalog_variant_prices"), *super().get_urls()]

    def prices_page(self, request: HttpRequest, pk: int, variant_id: int) -> HttpResponse:
        """Show a variant's scheduled prices, with a form for another. POST schedules or cancels one."""
        user = user_with_permission(request, "catalog.change_variant")
        variant = get_object_or_404(Variant.objects.select_related("product"), pk=variant_id, product=pk)
        if not self.has_change_permission(request, variant.product):
            raise PermissionDenied
        form, sentence = answer_form(request.POST if request.method == "POST" else None, variant=variant, user=user)
        if sentence:
            self.log_change(request, variant.product, gettext_noop("Scheduled prices changed."))
            self.message_user(request, sentence, messages.SUCCESS)
            return redirect("admin:catalog_variant_prices", pk, variant.pk)
        context = self.admin_site.each_context(request) | {
            "title": gettext("Scheduled prices of %(product)s") % {"product": variant},
            "opts": self.opts,
            "original": variant.product,
            "variant": variant,
            "form": form,
            "scheduled_prices": list_scheduled_prices(variant),
        }
        status = 422 if form.errors else 200
        return TemplateResponse(request, "admin/catalog/product/prices.html", context, status=status)
