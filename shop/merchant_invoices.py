"""The invoices and credit notes of a merchant, for its owners: they name the shoppers' addresses."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from catalog.merchants.access import merchant_required
from catalog.models import MerchantMember, MerchantRole
from shop.invoice_pages import respond_with_invoice

INVOICES_PER_PAGE = 50


@require_safe
@never_cache
@merchant_required(MerchantRole.OWNER)
def list_merchant_invoices(request: HttpRequest, member: MerchantMember) -> HttpResponseBase:
    invoices = member.merchant.invoices.select_related("order").order_by("-issued_at", "-pk")
    page = Paginator(invoices, INVOICES_PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "merchant/invoices.html", {"member": member, "here": "invoices", "page": page})


@require_safe
@never_cache
@merchant_required(MerchantRole.OWNER)
def download_merchant_invoice(request: HttpRequest, member: MerchantMember, number: str) -> HttpResponseBase:
    return respond_with_invoice(get_object_or_404(member.merchant.invoices, number=number))
