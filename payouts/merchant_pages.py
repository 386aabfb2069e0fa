"""Pages of a merchant's earnings for its owners: the statement (page, CSV and PDF), years, and the payout account."""

from dataclasses import dataclass

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from catalog.amounts import write_percent
from catalog.csv_files import respond_with_csv
from catalog.merchants.access import merchant_required
from catalog.merchants.fees import find_next_fee
from catalog.models import MerchantMember, MerchantRole
from payouts.account_page import edit_payout_account
from payouts.descriptions import LineDescription
from payouts.merchant_descriptions import describe_merchant_line, describe_pending_sale
from payouts.merchant_files import iterate_merchant_csv, render_merchant_pdf
from payouts.merchant_statements import (
    MerchantLine,
    find_merchant_postings,
    find_pay_hold,
    find_pending_sales,
    get_merchant_balances,
    get_merchant_years,
    read_lines,
)
from payouts.statements import Month
from shop.models import OrderLine

LINES_PER_PAGE = 50


@dataclass(frozen=True)
class MerchantRow:
    """A line of a merchant's statement with its description, as the page shows it."""

    line: MerchantLine | OrderLine
    description: LineDescription


@require_safe
@never_cache
@merchant_required(MerchantRole.OWNER)
def show_merchant_earnings(request: HttpRequest, member: MerchantMember) -> HttpResponseBase:
    """Show the balances, one month's statement, the sales that are not payable yet, and the totals of years."""
    now, merchant = timezone.now(), member.merchant
    month = Month.parse(request.GET.get("month", "")) or Month.of(now)
    page = Paginator(find_merchant_postings(merchant, month), LINES_PER_PAGE).get_page(request.GET.get("page"))
    pending = Paginator(find_pending_sales(merchant), LINES_PER_PAGE).get_page(request.GET.get("pending"))
    context = {
        "member": member,
        "here": "earnings",
        "balances": get_merchant_balances(merchant),
        "hold": find_pay_hold(merchant),
        "fee": write_percent(merchant.fee_at(now)),
        "next_fee": find_next_fee(merchant, now=now),
        "month": month,
        "next_month": month.next if month.next.start <= now else None,
        "page": page,
        "rows": [MerchantRow(line, describe_merchant_line(line)) for line in read_lines(page)],
        "pending": pending,
        "pending_rows": [MerchantRow(line, describe_pending_sale(line)) for line in pending],
        "years": get_merchant_years(merchant),
    }
    return render(request, "merchant/earnings.html", context)


@require_safe
@never_cache
@merchant_required(MerchantRole.OWNER)
def download_merchant_statement(
    request: HttpRequest, member: MerchantMember, year: int, month: int, ending: str
) -> HttpResponseBase:
    """Return one month's statement as a CSV or PDF file, with the same lines as the page."""
    if not (1 <= month <= 12 and 2000 <= year <= 9000):
        raise Http404
    merchant, period = member.merchant, Month(year, month)
    lines = read_lines(find_merchant_postings(merchant, period).iterator(chunk_size=2000))
    name = f"statement-{merchant.slug}-{period}.{ending}"
    if ending == "csv":
        return respond_with_csv(iterate_merchant_csv(lines), file_name=name)
    pdf = render_merchant_pdf(merchant=merchant, reader=member.user, month=period, lines=lines)
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(pdf, content_type="application/pdf", headers=headers)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@merchant_required(MerchantRole.OWNER)
def edit_merchant_account(request: HttpRequest, member: MerchantMember) -> HttpResponseBase:
    return edit_payout_account(
        request,
        payee=member.merchant,
        template="merchant/payout_account.html",
        saved=_("Saved. We also sent all owners an email about the change."),
        context={"member": member, "here": "earnings"},
    )
