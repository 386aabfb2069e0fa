"""The pages on which merchants list products: their list, a new product, and what is reviewed of one."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from catalog.csv_files import respond_with_csv
from catalog.exports.own import export_products
from catalog.merchants.access import merchant_required
from catalog.merchants.listing_forms import ListingForm, find_waiting, make_variant_form
from catalog.merchants.listing_search import FILTERS, list_products
from catalog.merchants.listings import (
    ListingRefused,
    add_picture,
    change_listing,
    create_listing,
    lock_product,
    remove_picture,
    set_listed,
    set_pickup,
)
from catalog.models import MerchantMember, MerchantRole, Product, ProductImage

PER_PAGE = 25
LISTERS = (MerchantRole.OWNER, MerchantRole.MANAGER)


@require_safe
@merchant_required(*LISTERS)
def show_products(request: HttpRequest, member: MerchantMember) -> HttpResponseBase:
    words, chosen = request.GET.get("q", "").replace("\0", "").strip(), request.GET.get("show", "")
    products = list_products(member.merchant, words=words, chosen=chosen)
    page = Paginator(products, PER_PAGE).get_page(request.GET.get("page"))
    filters = [(name, label, name == chosen) for name, label in FILTERS.items()]
    context = {"member": member, "here": "products", "page": page, "words": words, "filters": filters, "chosen": chosen}
    return render(request, "merchant/products.html", context)


@require_safe
@merchant_required(*LISTERS)
def export_listings(request: HttpRequest, member: MerchantMember) -> HttpResponseBase:
    """Send the merchant's products as CSV, which can be imported again."""
    return respond_with_csv(export_products(member.merchant_id), file_name="products.csv")


@require_http_methods(["GET", "HEAD", "POST"])
@merchant_required(*LISTERS)
def new_product_page(request: HttpRequest, member: MerchantMember) -> HttpResponseBase:
    """Show the form for a new product with its first variant. On POST, send it for review."""
    data = request.POST if request.method == "POST" else None
    form = ListingForm(data, request.FILES if data is not None else None)
    product = Product(merchant=member.merchant)
    variant_form = make_variant_form(data, product=product, variant=None, prefix="first")
    if data is not None and variant_form.is_valid() and form.is_valid():
        try:
            product = _create(form, variant_form.cleaned_data, member)
        except ListingRefused as refusal:
            variant_form.add_error("sku", str(refusal))
        else:
            messages.success(request, _("The product waits for review. It goes on sale when it is approved."))
            return redirect("merchant-product", product.slug)
    form.discard_picture()
    context = {"member": member, "here": "products", "form": form, "variant_form": variant_form}
    has_errors = bool(form.errors or variant_form.errors)
    return render(request, "merchant/new_product.html", context, status=422 if has_errors else 200)


@transaction.atomic
def _create(form: ListingForm, variant: dict[str, Any], member: MerchantMember) -> Product:
    """Raises ListingRefused."""
    names = ("sku", "price_minor", "compare_at_minor", "is_counted", "barcode", "weight_g")
    product = create_listing(
        merchant=member.merchant,
        values=form.values,
        variant={name: variant[name] for name in names},
        stock=variant["opening_stock"] or 0,
        is_listed=True,
        sent_by=member.user,
        now=timezone.now(),
    )
    _add_stored(form, product, member)
    return product


@require_http_methods(["GET", "HEAD", "POST"])
@merchant_required(*LISTERS)
@transaction.atomic
def product_page(request: HttpRequest, member: MerchantMember, slug: str) -> HttpResponseBase:
    """Show a product with its variants and pictures. On POST, change what is reviewed of it."""
    product = find_product(member, slug)
    if request.method == "POST":
        lock_product(product.pk)
        form = ListingForm(request.POST, request.FILES, product=product)
        if form.is_valid() and _send(request, form, product, member):
            return redirect("merchant-product", slug)
        form.discard_picture()
    else:
        form = ListingForm(product=product)
    present = find_product(member, slug)
    context = describe_product(present) | {"member": member, "here": "products", "product": present, "form": form}
    return render(request, "merchant/product.html", context, status=422 if form.errors else 200)


def find_product(member: MerchantMember, slug: str) -> Product:
    """Return the merchant's product. Raises Http404, also for those of others."""
    products = Product.objects.filter(merchant=member.merchant_id).select_related("brand", "merchant")
    return get_object_or_404(products, slug=slug)


def describe_product(product: Product) -> dict[str, Any]:
    """Return what the page of a product shows beside its form."""
    latest = product.listing_changes.order_by("-pk").first()
    return {
        "variants": list(product.variants.in_order()),
        "images": list(ProductImage.with_waiting.filter(product=product).order_by("position", "pk")),
        "waiting": find_waiting(product),
        "declined": latest if latest and latest.reason else None,
    }


def _send(request: HttpRequest, form: ListingForm, product: Product, member: MerchantMember) -> bool:
    """Send what was changed for review, and say so. Return False, with the reason at its field, if it was refused."""
    values, now = form.values, timezone.now()
    if not values and form.stored_picture is None:
        messages.info(request, _("Nothing was changed."))
        return True
    try:
        _add_stored(form, product, member)
    except ListingRefused as refusal:
        form.add_error("new_picture", str(refusal))
        return False
    waiting = change_listing(product_id=product.pk, values=values, sent_by=member.user, now=now) if values else True
    sentence = _("Your changes wait for review. Until then, the present text stays.")
    messages.success(request, sentence if waiting else _("Nothing waits for review any more."))
    return True


def _add_stored(form: ListingForm, product: Product, member: MerchantMember) -> None:
    if form.stored_picture is not None:
        values = {"stored": form.stored_picture, "alternative_text": form.cleaned_data["name"][:160]}
        add_picture(product_id=product.pk, sent_by=member.user, now=timezone.now(), **values)


@require_POST
@merchant_required(*LISTERS)
def sale_page(request: HttpRequest, member: MerchantMember, slug: str) -> HttpResponse:
    """Put a product on sale, or take it off sale."""
    is_listed = request.POST.get("sale") == "on"
    set_listed(product_id=find_product(member, slug).pk, is_listed=is_listed, now=timezone.now())
    product = find_product(member, slug)
    if is_listed and not product.is_active:
        messages.info(request, _("It goes on sale as soon as it is approved."))
    else:
        messages.success(request, _("It is on sale.") if is_listed else _("It is off sale."))
    return redirect("merchant-product", slug)


@require_POST
@merchant_required(*LISTERS)
def pickup_page(request: HttpRequest, member: MerchantMember, slug: str) -> HttpResponse:
    """Say whether a product can be picked up."""
    product, can_be_picked_up = find_product(member, slug), request.POST.get("pickup") == "on"
    set_pickup(product_id=product.pk, can_be_picked_up=can_be_picked_up, now=timezone.now())
    messages.success(request, _("It can be picked up.") if can_be_picked_up else _("It is only sent."))
    return redirect("merchant-product", slug)


@require_POST
@merchant_required(*LISTERS)
def remove_picture_page(request: HttpRequest, member: MerchantMember, slug: str, image_id: int) -> HttpResponse:
    product = find_product(member, slug)
    if remove_picture(product_id=product.pk, image_id=image_id, sent_by=member.user, now=timezone.now()):
        messages.success(request, _("The picture was deleted."))
    return redirect("merchant-product", slug)
