"""Legal pages."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from catalog.legal import read_legal_page
from catalog.models import LegalKind


@require_safe
def show_legal_page(request: HttpRequest, kind: str) -> HttpResponse:
    """Show a legal page. Raises Http404 if there is none of this kind."""
    if kind not in LegalKind.values:
        raise Http404
    page = read_legal_page(LegalKind(kind), get_language() or settings.LANGUAGE_CODE)
    return render(request, "catalog/legal.html", {"page": page})
