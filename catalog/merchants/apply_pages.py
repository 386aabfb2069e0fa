"""The page on which people ask to sell here, and the page of an invitation to act for a merchant."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.access import signed_in_user
from catalog.merchants.access import SESSION_KEY
from catalog.merchants.applications import (
    ApplicationRefused,
    MerchantNameTaken,
    apply_as_merchant,
    find_application,
    has_verified_address,
)
from catalog.merchants.forms import PROFILE, ApplicationForm
from catalog.merchants.members import MemberRefused, accept_member_invitation, find_member_invitation
from catalog.models import MerchantState


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def apply_page(request: HttpRequest) -> HttpResponse:
    """Show the form, or what became of the application. One that was declined can be changed and sent again."""
    user = signed_in_user(request)
    application, status = find_application(user), 200
    initial = (
        {name: getattr(application, name) for name in (*PROFILE, "sells")} if application else {"email": user.email}
    )
    form = ApplicationForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_bound and form.is_valid():
        try:
            apply_as_merchant(user=user, profile=form.profile, sells=form.cleaned_data["sells"], now=timezone.now())
        except ApplicationRefused as refusal:
            form.add_error("name" if isinstance(refusal, MerchantNameTaken) else None, str(refusal))
            status = 409
        else:
            messages.success(request, _("We got your application, and will reply by email."))
            return redirect("merchant-apply")
    context = {"form": form, "application": application, "is_verified": has_verified_address(user)}
    context["is_waiting"] = application is not None and application.state == MerchantState.APPLIED
    status = status if status != 200 or not form.errors else 422
    return render(request, "merchant/apply.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def member_invitation_page(request: HttpRequest, token: str) -> HttpResponseBase:
    """Show for whom the link lets somebody act. Visitors sign in first. POST accepts it."""
    invitation, refusal = find_member_invitation(token, now=timezone.now()), ""
    if request.method == "POST":
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        try:
            member = accept_member_invitation(token=token, user=signed_in_user(request), now=timezone.now())
        except MemberRefused as refused:
            refusal = str(refused)
        else:
            request.session[SESSION_KEY] = member.merchant_id
            messages.success(request, _("You can act for %(merchant)s now.") % {"merchant": member.merchant})
            return redirect("merchant-home")
    context = {"invitation": invitation, "refusal": refusal}
    status = 409 if refusal else 200 if invitation else 404
    response = render(request, "merchant/invitation.html", context, status=status)
    response.headers["Referrer-Policy"] = "same-origin"
    return response
