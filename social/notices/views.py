"""Public pages of notices: the form, and what became of a notice."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from accounts.networks import hash_network
from accounts.page_limits import explain_limit, is_limited
from social.models import LegalNotice
from social.notices.forms import NoticeForm
from social.notices.intake import NoticeRefused, TooManyNotices, send_notice
from social.notices.pages import find_shown

SCOPE = "write"


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def notice_page(request: HttpRequest) -> HttpResponse:
    """Show the form for a notice. `?about=` is the address of the page that it is about. On POST, store it."""
    user = request.user if isinstance(request.user, User) else None
    about = request.GET.get("about", "")[:500]
    address = f"{settings.SITE_URL}{about}" if about.startswith("/") and not about.startswith("//") else ""
    initial = {"addresses": address, "email": user.email if user else ""}
    form = NoticeForm(request.POST if request.method == "POST" else None, initial=initial)
    refusal, status = "", 422 if form.errors else 200
    if request.method == "POST" and is_limited(request, scope=SCOPE):
        refusal, status = explain_limit(), 429
    elif form.is_valid():
        try:
            notice = send_notice(content=form.content, user=user, network=hash_network(request), now=timezone.now())
        except NoticeRefused as error:
            refusal, status = str(error), 429 if isinstance(error, TooManyNotices) else 403
        else:
            return redirect(notice)
    return render(request, "social/notice.html", {"form": form, "refusal": refusal}, status=status)


@require_safe
@never_cache
def notice_status_page(request: HttpRequest, token: str) -> HttpResponse:
    """Show a notice's number, what was decided and why, to whoever has its secret address."""
    notice = get_object_or_404(LegalNotice, token=token)
    pages = list(notice.pages.order_by("pk"))
    shown = find_shown(pages)
    context = {"notice": notice, "pages": [(page, page.pk in shown) for page in pages]}
    return render(request, "social/notice_status.html", context)
