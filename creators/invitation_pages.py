"""Admin pages of a campaign's invitations by email: staff invite, see who answered, send again and withdraw."""

from django.contrib import admin, messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from accounts.access import user_with_permission
from accounts.outbox import unsent_emails
from creators.invitation_forms import InvitationForm
from creators.invitation_rows import list_rows
from creators.invitations import (
    InvitationRefused,
    find_campaign_refusal,
    invite,
    renew_invitation,
    withdraw_invitation,
)
from creators.models import Campaign, Invitation

INVITE = "creators.change_campaign"
"""Permission to invite people to campaigns, and to see whom others invited."""
PER_PAGE = 100


def invitations_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a campaign's invitations, newest first. POST invites the people whose addresses were pasted."""
    by, now = user_with_permission(request, INVITE), timezone.now()
    campaign = get_object_or_404(Campaign.objects.with_terms(), pk=pk)
    form = InvitationForm(request.POST if request.method == "POST" else None, campaign=campaign)
    if request.method == "POST" and form.is_valid():
        try:
            count = invite(campaign=campaign, emails=form.cleaned_data["addresses"], by=by, now=now)
        except InvitationRefused as refusal:
            form.add_error("addresses", str(refusal))
        else:
            sentence = ngettext("%(count)d person was invited.", "%(count)d people were invited.", count)
            messages.success(request, sentence % {"count": count})
            return redirect("admin:creators_campaign_invitations", pk)
    invitations = Invitation.objects.filter(campaign=campaign)
    newest_first = invitations.select_related("invited_by", "accepted_by").order_by("-created_at", "-pk")
    page = Paginator(newest_first, PER_PAGE).get_page(request.GET.get("page"))
    context = admin.site.each_context(request) | {
        "title": _("Invitations"),
        "opts": Campaign._meta,
        "original": campaign,
        "form": form,
        "refusal": find_campaign_refusal(campaign, now=now),
        "page": page,
        "rows": list_rows(page, now),
        "counts": [(state.label, count) for state, count in invitations.count_states(now).items() if count],
        "unsent_count": unsent_emails(invitations.values("message_id")).count(),
    }
    status = 422 if form.errors else 200
    return TemplateResponse(request, "admin/creators/campaign/invitations.html", context, status=status)


@require_POST
def change_invitation(request: HttpRequest, pk: int, invitation_id: int, action: str) -> HttpResponse:
    """Send an invitation again, or withdraw it, depending on `action`."""
    by = user_with_permission(request, INVITE)
    invitation = get_object_or_404(Invitation, campaign=pk, pk=invitation_id)
    act = renew_invitation if action == "resend" else withdraw_invitation
    done = _("A new link was sent to %(address)s.") if action == "resend" else _("%(address)s can't use the link now.")
    try:
        act(invitation=invitation, by=by, now=timezone.now())
    except InvitationRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, done % {"address": invitation})
    page = request.GET.get("page", "")
    address = reverse("admin:creators_campaign_invitations", args=[pk])
    return redirect(f"{address}?page={page}" if page.isdecimal() else address)
