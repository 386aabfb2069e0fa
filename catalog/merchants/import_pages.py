"""The pages on which merchants import their catalogues, with the same functions as staff: see catalog/imports/runs.py."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from catalog.csv_files import respond_with_csv
from catalog.exports.refused_rows import export_refused
from catalog.import_actions import change_import
from catalog.imports.categories import apply_mapping
from catalog.imports.runs import ImportRefused, receive_import
from catalog.merchants.access import merchant_required
from catalog.merchants.import_forms import MappingsForm, MerchantUploadForm, SourceForm
from catalog.merchants.listing_pages import LISTERS
from catalog.models import CatalogueSource, CategoryMapping, Import, ImportState, MerchantMember, RowOutcome
from catalog.tasks import enqueue_import

PER_PAGE = 50


def find_import(member: MerchantMember, pk: int) -> Import:
    """Return an import of the merchant. Raises Http404, also for those of others."""
    return get_object_or_404(Import.objects.select_related("source"), pk=pk, source__merchant=member.merchant_id)


@require_http_methods(["GET", "HEAD", "POST"])
@merchant_required(*LISTERS)
def imports_page(request: HttpRequest, member: MerchantMember) -> HttpResponseBase:
    """List the merchant's imports, and take a file, which a worker then checks."""
    is_sent = request.method == "POST"
    form = MerchantUploadForm(
        request.POST if is_sent else None, request.FILES if is_sent else None, merchant=member.merchant
    )
    if is_sent and form.is_valid():
        file = form.cleaned_data["file"]
        with transaction.atomic():
            values = {"source": form.get_source(), "file": file, "file_name": file.name or ""}
            run = receive_import(created_by=member.user, now=timezone.now(), **values)
            enqueue_import(run.pk)
        return redirect("merchant-import", run.pk)
    runs = Import.objects.filter(source__merchant=member.merchant_id).select_related("source").order_by("-pk")
    page = Paginator(runs, PER_PAGE).get_page(request.GET.get("page"))
    sources = CatalogueSource.objects.filter(merchant=member.merchant_id).order_by("name")
    context = {"member": member, "here": "imports", "form": form, "page": page, "sources": sources}
    return render(request, "merchant/imports.html", context, status=422 if form.errors else 200)


@require_safe
@merchant_required(*LISTERS)
def import_page(request: HttpRequest, member: MerchantMember, pk: int) -> HttpResponseBase:
    """Show what an import would do or did, row by row."""
    run, outcome = find_import(member, pk), request.GET.get("outcome", "")
    rows = run.import_rows.order_by("row", "part")
    rows = rows.filter(outcome=outcome) if outcome in RowOutcome.values else rows
    counts = [
        (RowOutcome.CREATED, run.created),
        (RowOutcome.CHANGED, run.changed),
        (RowOutcome.UNCHANGED, run.unchanged),
        (RowOutcome.REFUSED, run.refused),
    ]
    context = {
        "member": member,
        "here": "imports",
        "run": run,
        "page": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
        "counts": counts,
        "outcome": outcome,
        "unmapped": run.source.mappings.filter(category=None).count(),
        "States": ImportState,
    }
    return render(request, "merchant/import.html", context)


@require_POST
@merchant_required(*LISTERS)
def act_on_import(request: HttpRequest, member: MerchantMember, pk: int, action: str) -> HttpResponse:
    """Start, pause, resume or discard an import."""
    answer = {"off_sale": True, "keep": False}.get(request.POST.get("missing", ""))
    try:
        change_import(find_import(member, pk), action, takes_off_missing=answer)
    except ImportRefused as refusal:
        messages.error(request, str(refusal))
    return redirect("merchant-import", pk)


@require_safe
@merchant_required(*LISTERS)
def download_refused(request: HttpRequest, member: MerchantMember, pk: int) -> HttpResponse:
    """Send the refused rows with their reasons as CSV."""
    return respond_with_csv(export_refused(find_import(member, pk)), file_name=f"refused-{pk}.csv")


@require_http_methods(["GET", "HEAD", "POST"])
@merchant_required(*LISTERS)
@transaction.atomic
def source_page(request: HttpRequest, member: MerchantMember, pk: int) -> HttpResponseBase:
    """Show what a source's files leave open, and its categories. On POST, save the answers or the categories."""
    source = get_object_or_404(CatalogueSource, pk=pk, merchant=member.merchant_id)
    mappings = source.mappings.order_by("category", "words", "pk")  # those without a category come last in PostgreSQL
    page = Paginator(mappings.reverse(), PER_PAGE).get_page(request.GET.get("page"))
    saves_mappings = "save_categories" in request.POST
    form = SourceForm(request.POST if request.method == "POST" and not saves_mappings else None, instance=source)
    mappings_form = MappingsForm(request.POST if saves_mappings else None, mappings=list(page))
    if form.is_bound and form.is_valid():
        form.save()
        messages.success(request, _("Saved."))
        return redirect("merchant-source", pk)
    if mappings_form.is_bound and mappings_form.is_valid():
        for mapping, category_id in mappings_form.chosen:
            CategoryMapping.objects.filter(pk=mapping.pk).update(category=category_id)
            mapping.refresh_from_db()
            apply_mapping(mapping=mapping, now=timezone.now())
        messages.success(request, _("Saved. Products that waited for a category wait for the shop's review now."))
        return redirect("merchant-source", pk)
    context = {"member": member, "here": "imports", "source": source, "form": form}
    context |= {"page": page, "mappings_form": mappings_form}
    return render(request, "merchant/source.html", context, status=422 if form.errors or mappings_form.errors else 200)
