"""The page of the review desk on which changed prices and names are confirmed for many clips at once."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts.keys import parse_key
from videos.admin.access import moderator_of, page_context
from videos.review.drift_confirmation import ConfirmationRefused, confirm_drift, summarize_drift


@require_safe
def drift_page(request: HttpRequest) -> HttpResponse:
    summary = summarize_drift(moderator=moderator_of(request))
    context = page_context(request, _("Price changes")) | {"summary": summary}
    return render(request, "admin/videos/desk/drift.html", context)


@require_POST
def confirm_drift_page(request: HttpRequest) -> HttpResponse:
    """Confirm the changes of one product (`product`) after asking, or all changes if the box `all` is ticked."""
    moderator, product = moderator_of(request), parse_key(request.POST.get("product"))
    back = redirect("admin:videos_desk_drift")
    if not product and "all" not in request.POST:
        messages.error(request, _("Tick the box to confirm all changes. This can't be undone."))
        return back
    if product and "confirmed" not in request.POST:
        changes = summarize_drift(moderator=moderator).changes
        change = next((change for change in changes if change.product.pk == product), None)
        if change is None:
            messages.error(request, _("No price or name has changed since the clips were approved."))
            return back
        context = page_context(request, _("Price changes")) | {"change": change}
        return render(request, "admin/videos/desk/drift_confirm.html", context)
    try:
        count = confirm_drift(
            moderator=moderator,
            seen=request.POST.get("seen", ""),
            product_ids=[product] if product else None,
            now=timezone.now(),
        )
    except ConfirmationRefused as refusal:
        messages.error(request, str(refusal))
        return back
    sentence = ngettext("%(count)d clip confirmed.", "%(count)d clips confirmed.", count) % {"count": count}
    messages.success(request, sentence)
    return back
