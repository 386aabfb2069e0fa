"""The page on which people ask to sell here."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe


@require_safe
@login_required
def apply_page(request: HttpRequest) -> HttpResponse:
    return render(request, "merchant/apply.html")
