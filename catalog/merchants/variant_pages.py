"""The pages on which merchants add and change variants, and count their stock. Prices and stock take no review."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from catalog.forms import StockMovementForm
from catalog.merchants.access import merchant_required
from catalog.merchants.listing_forms import find_waiting, make_variant_form, with_waiting_text
from catalog.merchants.listing_pages import LISTERS, find_product
from catalog.merchants.listings import ListingRefused, lock_product, save_variant
from catalog.models import MerchantMember
from catalog.scheduled_price_forms import answer_form, list_scheduled_prices
from catalog.stock_movements import MovementRefused, move_stock

SHOWN_MOVEMENTS = 20


@require_http_methods(["GET", "HEAD", "POST"])
@merchant_required(*LISTERS)
@transaction.atomic
def variant_page(
    request: HttpRequest, member: MerchantMember, slug: str, variant_id: int | None = None
) -> HttpResponseBase:
    """Show the form for a variant of a product, or for a new one. On POST, save it."""
    product = find_product(member, slug)
    if variant_id is None and not with_waiting_text(product, find_waiting(product)).option_names:
        messages.error(request, _("First enter what the variants of this product differ in, such as size."))
        return redirect("merchant-product", slug)
    if request.method == "POST":
        lock_product(product.pk)
    row = get_object_or_404(product.variants, pk=variant_id) if variant_id is not None else None
    form = make_variant_form(request.POST if request.method == "POST" else None, product=product, variant=row)
    if form.is_bound and form.is_valid():
        stock = form.cleaned_data.get("opening_stock") or 0
        variant, columns = form.instance, form.columns
        try:
            save_variant(variant=variant, columns=columns, stock=stock, sent_by=member.user, now=timezone.now())
        except ListingRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Saved. New options wait for review."))
            return redirect("merchant-product", slug)
    context = {"member": member, "here": "products", "product": product, "variant": row, "form": form}
    return render(request, "merchant/variant.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@merchant_required(*LISTERS)
def stock_page(request: HttpRequest, member: MerchantMember, slug: str, variant_id: int) -> HttpResponseBase:
    """Show a variant's stock and its latest movements, with a form for another."""
    product = find_product(member, slug)
    row = get_object_or_404(product.variants, pk=variant_id)
    form = StockMovementForm(request.POST if request.method == "POST" else None, variant=row)
    if form.is_bound and form.is_valid():
        try:
            movement = move_stock(variant_id=row.pk, created_by=member.user, now=timezone.now(), **form.movement)
        except MovementRefused as refusal:
            form.refuse(str(refusal))
        else:
            messages.success(request, _("The stock is now %(stock)d.") % {"stock": movement.stock_after})
            return redirect("merchant-stock", slug, row.pk)
    movements = row.stock_movements.order_by("-created_at", "-pk")[:SHOWN_MOVEMENTS]
    context = {"member": member, "here": "products", "product": product, "variant": row, "form": form}
    status = 422 if form.errors else 200
    return render(request, "merchant/stock.html", context | {"movements": movements}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@merchant_required(*LISTERS)
def prices_page(request: HttpRequest, member: MerchantMember, slug: str, variant_id: int) -> HttpResponseBase:
    """Show a variant's scheduled prices, with a form for another. POST schedules or cancels one."""
    product = find_product(member, slug)
    row = get_object_or_404(product.variants.select_related("product"), pk=variant_id)
    form, sentence = answer_form(request.POST if request.method == "POST" else None, variant=row, user=member.user)
    if sentence:
        messages.success(request, sentence)
        return redirect("merchant-prices", slug, row.pk)
    context = {"member": member, "here": "products", "product": product, "variant": row, "form": form}
    context["scheduled_prices"] = list_scheduled_prices(row)
    return render(request, "merchant/prices.html", context, status=422 if form.errors else 200)
