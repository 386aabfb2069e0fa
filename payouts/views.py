"""Pages for a creator's earnings: the statement (page, CSV and PDF), best earners, and the payout account."""

from dataclasses import dataclass

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from catalog.csv_files import respond_with_csv
from creators.access import creator_required
from creators.models import Creator
from payouts.account_page import edit_payout_account
from payouts.charts import build_bar_chart
from payouts.csv_export import get_agency_name, iterate_csv_rows
from payouts.descriptions import LineDescription, describe_line
from payouts.models import StatementLine
from payouts.statement_pdf import render_statement_pdf
from payouts.statements import (
    LineCursor,
    Month,
    get_best_earners,
    get_overview,
    get_statement_lines,
    get_statement_page,
    stream_lines,
    sum_by_currency,
)

LINES_PER_PAGE = 50


@dataclass(frozen=True)
class Row:
    """A statement line with its description, as the page shows it."""

    line: StatementLine
    description: LineDescription
    agency_name: str


@require_safe
@creator_required
def show_earnings(request: HttpRequest, creator: Creator) -> HttpResponseBase:
    """Show the balances and one month's statement in 6 queries, including those for the session and the user."""
    now = timezone.now()
    month = Month.parse(request.GET.get("month", "")) or Month.of(now)
    after = LineCursor.parse(request.GET.get("after", ""))
    lines = list(get_statement_page(creator=creator, month=month, after=after, at_most=LINES_PER_PAGE + 1))
    balances, days = get_overview(creator=creator, month=month)
    main = {day.on.day: day.net_minor for day in days if day.currency == settings.CURRENCY}
    context = {
        "balances": balances,
        "currency": settings.CURRENCY,
        "month": month,
        "next_month": month.next if month.next.start <= now else None,
        "rows": [Row(line, describe_line(line), get_agency_name(line)) for line in lines[:LINES_PER_PAGE]],
        "totals": sum_by_currency(days),
        "chart": build_bar_chart([(str(day), main.get(day, 0)) for day in range(1, month.days + 1)]),
        "is_first_page": after is None,
        "older": LineCursor.of(lines[LINES_PER_PAGE - 1]) if len(lines) > LINES_PER_PAGE else None,
    }
    return render(request, "payouts/earnings.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@creator_required
def edit_account(request: HttpRequest, creator: Creator) -> HttpResponseBase:
    saved = _("Saved. We also sent you an email about the change.")
    return edit_payout_account(request, payee=creator, template="payouts/account.html", saved=saved)


@require_safe
@creator_required
def show_best_earners(request: HttpRequest, creator: Creator) -> HttpResponseBase:
    best = get_best_earners(creator=creator)
    context = {
        "clips": best.clips,
        "products": best.products,
        "most_minor": max([1, *(earner.net_minor for earner in best.clips)]),
        "most_product_minor": max([1, *(earner.net_minor for earner in best.products)]),
    }
    return render(request, "payouts/best_earners.html", context)


@require_safe
@creator_required
def download_statement(request: HttpRequest, creator: Creator, year: int, month: int, ending: str) -> HttpResponseBase:
    """Return one month's statement as a CSV or PDF file, with the same lines as the page."""
    if not (1 <= month <= 12 and 2000 <= year <= 9000):
        raise Http404
    period = Month(year, month)
    lines = stream_lines(get_statement_lines(creator=creator, month=period))
    name = f"statement-{creator.handle}-{period}.{ending}"
    if ending == "csv":
        return respond_with_csv(iterate_csv_rows(lines), file_name=name)
    pdf = render_statement_pdf(creator=creator, month=period, lines=lines)
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(pdf, content_type="application/pdf", headers=headers)
