"""Pages on which people see what staff removed of theirs, and why, and appeal."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import signed_in_user
from accounts.page_limits import explain_limit, is_limited
from social.models import Removal, RemovalState
from social.removals.appeals import AppealRefused, appeal_removal
from social.removals.forms import RemovalAppealForm

REMOVALS_SHOWN = 50
SCOPE = "write"


@require_safe
@login_required
@never_cache
def removals_page(request: HttpRequest) -> HttpResponse:
    removals = Removal.objects.owned_by(signed_in_user(request)).with_subject().order_by("-removed_at", "-pk")
    return render(request, "social/removals.html", {"removals": removals[:REMOVALS_SHOWN]})


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def removal_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what was removed, the reason and its rule. On POST, store the owner's appeal."""
    removal = get_object_or_404(Removal.objects.owned_by(signed_in_user(request)).with_subject(), pk=pk)
    form = RemovalAppealForm(request.POST if request.method == "POST" else None)
    refusal, status = "", 422 if form.errors else 200
    if request.method == "POST" and is_limited(request, scope=SCOPE):
        refusal, status = explain_limit(), 429
    elif form.is_valid():
        try:
            appeal_removal(removal=removal, words=form.cleaned_data["words"], now=timezone.now())
        except AppealRefused as error:
            refusal, status = str(error), 409
        else:
            messages.success(request, _("Your appeal has been sent. Somebody who has not decided before looks at it."))
            return redirect(removal)
    is_open = removal.state == RemovalState.STANDS and removal.appeal_until >= timezone.now()
    context = {"removal": removal, "form": form, "refusal": refusal, "is_open": is_open}
    return render(request, "social/removal.html", context, status=status)
