"""The first page of a merchant's area, and the choice of a merchant by somebody who acts for several."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.keys import parse_key
from catalog.merchants.access import SESSION_KEY, list_memberships, merchant_required
from catalog.models import MerchantMember


@require_safe
@merchant_required()
def show_home(request: HttpRequest, member: MerchantMember) -> HttpResponseBase:
    return render(request, "merchant/home.html", {"member": member, "here": "home"})


@require_POST
@login_required
def choose_merchant(request: HttpRequest) -> HttpResponse:
    """Act for another merchant from now on. Raises Http404 if the user is no member of it."""
    merchant_id = parse_key(request.POST.get("merchant", ""))
    if not list_memberships(request.user).filter(merchant=merchant_id).exists():
        raise Http404
    request.session[SESSION_KEY] = merchant_id
    return redirect("merchant-home")
