"""Pages on which users report a clip, product, creator, rating or comment and see their own reports."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import signed_in_user
from accounts.models import User
from social.forms import ReportForm
from social.models import REASONS_FOR, Report, ReportReason
from social.reports import report_subject
from social.subjects import find_subject

REPORTS_SHOWN = 50


@require_http_methods(["GET", "HEAD", "POST"])
def report_page(request: HttpRequest, kind: str, code: str | int) -> HttpResponse:
    subject = find_subject(kind, str(code), request.user)
    form = ReportForm(request.POST if request.method == "POST" else None, reasons=REASONS_FOR[kind])
    if request.method == "POST" and form.is_valid():
        reason = ReportReason(form.cleaned_data["reason"])
        user = request.user if isinstance(request.user, User) else None
        report_subject(user=user, subject=subject, reason=reason, words=form.cleaned_data["words"], now=timezone.now())
        messages.success(request, _("Thank you for your report. A moderator will review it."))
        return redirect(subject.get_absolute_url())
    status = 422 if form.is_bound else 200
    return render(request, "social/report.html", {"form": form, "kind": kind, "subject": subject}, status=status)


@require_safe
@login_required
def reports_page(request: HttpRequest) -> HttpResponse:
    reports = Report.objects.owned_by(signed_in_user(request)).with_subject()
    return render(request, "social/reports.html", {"reports": reports.order_by("-created_at", "-pk")[:REPORTS_SHOWN]})
