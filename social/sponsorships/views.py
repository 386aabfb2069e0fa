"""Pages on which sponsors book, pay and follow their sponsorships, and the public archive."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import signed_in_user
from accounts.models import User
from accounts.page_limits import explain_limit, is_limited
from shop.payment_page import redirect_to_payment
from shop.payments import PaymentRefused
from shop.prepayment_charges import ask_on_return
from shop.providers import OutcomeState, ProviderUnavailable
from shop.providers.port import RETURNED
from social.models import Sponsorship, SponsorshipState
from social.sponsorships.actions import change
from social.sponsorships.archive import describe_audience, list_archived
from social.sponsorships.bookings import (
    SponsorshipRefused,
    book,
    estimate_views,
    find_booker,
    list_bookable,
    list_bookers,
)
from social.sponsorships.forms import BookingForm
from social.sponsorships.lifecycle import pay, submit_if_paid
from social.sponsorships.statement import iterate_statement_csv, read_statement
from videos.models import Clip

SCOPE = "write"
OFFERED = 24
PAGE_SIZE = 20


def find_sponsorship(user: User, code: str) -> Sponsorship:
    """Return a sponsorship that the user manages. Raises Http404."""
    rows = Sponsorship.objects.managed_by(user)
    return get_object_or_404(
        rows.select_related("clip__creator", "merchant", "prepayment", "place", "refund"), code=code
    )


@require_safe
@login_required
@never_cache
def sponsor_home(request: HttpRequest) -> HttpResponse:
    """List the user's sponsorships, and the newest posts that they may book."""
    user = signed_in_user(request)
    rows = Sponsorship.objects.managed_by(user).select_related("clip__creator", "place").order_by("-created_at", "-pk")
    offers = [(booker, list_bookable(booker).with_interest()[:OFFERED]) for booker in list_bookers(user)]
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "sponsor/home.html", {"page": page, "offers": offers})


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def book_page(request: HttpRequest, clip: str) -> HttpResponse:
    """Show the form to book a post. On POST, show the estimate or save the booking."""
    user = signed_in_user(request)
    post = get_object_or_404(Clip.objects.published().select_related("creator"), code=clip)
    merchant = request.POST.get("for", request.GET.get("for"))
    form = BookingForm(request.POST if request.method == "POST" else None)
    context = {"post": post, "form": form, "merchant": merchant}
    try:
        booker = find_booker(user, post, merchant)
        if request.method == "POST" and is_limited(request, scope=SCOPE):
            return render(request, "sponsor/book.html", {**context, "refusal": explain_limit()}, status=429)
        if not form.is_valid():
            status = 422 if form.is_bound else 200
            return render(request, "sponsor/book.html", {**context, "booker": booker}, status=status)
        if "estimate" in request.POST:
            estimate = estimate_views(form.booking)
            return render(request, "sponsor/book.html", {**context, "booker": booker, "estimate": estimate})
        sponsorship = book(booker=booker, clip=post, booking=form.booking, now=timezone.now())
    except SponsorshipRefused as refusal:
        return render(request, "sponsor/book.html", {**context, "refusal": str(refusal)}, status=409)
    messages.success(request, _("Booked. It goes to the shop for approval when you have paid."))
    return redirect(sponsorship)


@require_safe
@login_required
@never_cache
def sponsorship_page(request: HttpRequest, code: str) -> HttpResponse:
    """Show a sponsorship with its statement. Whoever comes back from paying sees what became of it."""
    user = signed_in_user(request)
    sponsorship = find_sponsorship(user, code)
    if sponsorship.state == SponsorshipState.DRAFT and sponsorship.prepayment and RETURNED in request.GET:
        try:
            ask_on_return(prepayment=sponsorship.prepayment, now=timezone.now())
        except PaymentRefused as refusal:
            messages.error(request, str(refusal))
        submit_if_paid(sponsorship_id=sponsorship.pk, now=timezone.now())
        return redirect(sponsorship)
    describe_audience([sponsorship])
    context = {"sponsorship": sponsorship, "statement": read_statement(sponsorship)}
    return render(request, "sponsor/sponsorship.html", context)


@require_POST
@login_required
def pay_sponsorship(request: HttpRequest, code: str) -> HttpResponse:
    """Charge the budget, and lead to the payment page if there is one."""
    user = signed_in_user(request)
    sponsorship = find_sponsorship(user, code)
    try:
        outcome = pay(sponsorship_id=sponsorship.pk, user=user, now=timezone.now())
    except (SponsorshipRefused, PaymentRefused) as refusal:
        messages.error(request, str(refusal))
    except ProviderUnavailable:
        messages.error(request, _("The payment service is not responding. Please try again in a minute."))
    else:
        if outcome.state == OutcomeState.WAITING:
            return redirect_to_payment(request, outcome)
        messages.success(request, _("Paid. The shop looks at it before it is shown."))
    return redirect(sponsorship)


@require_POST
@login_required
def change_sponsorship(request: HttpRequest, code: str) -> HttpResponse:
    """Pause, resume or end a sponsorship, and return to it."""
    sponsorship = find_sponsorship(signed_in_user(request), code)
    try:
        messages.success(request, change(sponsorship, request.POST.get("change", ""), now=timezone.now()))
    except SponsorshipRefused as refusal:
        messages.error(request, str(refusal))
    return redirect(sponsorship)


@require_safe
@login_required
@never_cache
def sponsorship_csv(request: HttpRequest, code: str) -> StreamingHttpResponse:
    sponsorship = find_sponsorship(signed_in_user(request), code)
    headers = {"Content-Disposition": f'attachment; filename="sponsorship-{sponsorship.code}.csv"'}
    return StreamingHttpResponse(iterate_statement_csv(sponsorship), content_type="text/csv", headers=headers)


@require_safe
def archive_page(request: HttpRequest) -> HttpResponse:
    """List the sponsored posts that are shown, or were within a year: what, for whom, paid by whom, to whom, how many."""
    page = Paginator(list_archived(timezone.now()), PAGE_SIZE).get_page(request.GET.get("page"))
    rows = list(page.object_list)
    describe_audience(rows)
    visible = set(
        Clip.objects.shown_to(request.user).filter(pk__in=[row.clip_id for row in rows]).values_list("pk", flat=True)
    )
    return render(request, "sponsor/archive.html", {"page": page, "rows": rows, "visible": visible})
