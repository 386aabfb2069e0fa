"""The page from which invoices and credit notes are downloaded."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from shop.invoice_pdf import render_invoice_pdf
from shop.models import Invoice, Order
from shop.order_links import knows_order_email
from shop.shopper import shopper_of


@require_safe
@never_cache
def download_invoice(request: HttpRequest, code: str, number: str) -> HttpResponse:
    """Return the PDF to the order's shopper and to staff who may see invoices.

    It names addresses. So whoever has the order's link alone is asked for its email address first.
    """
    if not request.user.has_perm("shop.view_invoice"):
        shopper = shopper_of(request)
        order = Order.objects.visible_to(shopper).filter(code=code).first()
        if order is None:
            raise Http404
        if not knows_order_email(shopper, order):
            return redirect(f"{reverse('order-find')}?code={code}")
    invoice = get_object_or_404(Invoice, order__code=code, number=number)
    return respond_with_invoice(invoice)


def respond_with_invoice(invoice: Invoice) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{invoice.number}.pdf"', "X-Robots-Tag": "noindex"}
    return HttpResponse(render_invoice_pdf(invoice), content_type="application/pdf", headers=headers)
