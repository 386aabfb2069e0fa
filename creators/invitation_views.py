"""The page of an invitation's link: it shows the campaign's offer, and leads whoever has the link to joining it."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from creators.access import find_creator
from creators.enrolment import EnrolmentRefused
from creators.invitation_answers import accept_invitation, decline_invitation, find_invitation, find_refusal
from creators.invitations import InvitationRefused
from creators.models import Creator
from creators.offers import accepted_version, list_offers


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def invitation_page(request: HttpRequest, token: str) -> HttpResponseBase:
    """Show what the link leads to. Visitors sign up or in and come back, as do users who are not yet creators.

    POST accepts the campaign's terms and enrols the creator, or declines, which needs no account.
    """
    creator = find_creator(request.user)
    if request.method != "POST":
        return _show(request, creator, token)
    if "decline" in request.POST:
        return _decline(request, creator, token)
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    if creator is None:
        return redirect(f"{reverse('become-creator')}?{_way_back(token)}")
    return _join(request, creator, token)


def _join(request: HttpRequest, creator: Creator, token: str) -> HttpResponse:
    version = accepted_version(request)
    try:
        enrolment = accept_invitation(token=token, creator=creator, terms_version=version, now=timezone.now())
    except (InvitationRefused, EnrolmentRefused) as refusal:
        return _show(request, creator, token, refusal=str(refusal))
    messages.success(
        request,
        _("You have joined “%(campaign)s”. You can now upload your first clip.")
        % {"campaign": enrolment.campaign.local_title},
    )
    return redirect("campaigns")


def _decline(request: HttpRequest, creator: Creator | None, token: str) -> HttpResponse:
    try:
        decline_invitation(token=token, now=timezone.now())
    except InvitationRefused as refusal:
        return _show(request, creator, token, refusal=str(refusal))
    return redirect("invitation", token)


def _show(request: HttpRequest, creator: Creator | None, token: str, *, refusal: str = "") -> HttpResponse:
    """Show the offer, or why the link does not work. `refusal` says why joining was refused."""
    invitation = find_invitation(token)
    problem = find_refusal(invitation, creator, now=timezone.now())
    context: dict[str, Any] = {"creator": creator, "token": token, "way_back": _way_back(token), "refusal": refusal}
    if invitation is None or problem:
        accepted_by = invitation.accepted_by_id if invitation else None
        has_joined = creator is not None and accepted_by == creator.pk
        context |= {"problem": problem, "was_accepted": accepted_by is not None, "has_joined": has_joined}
        return render(request, "creators/invitation_problem.html", context, status=410 if invitation else 404)
    [offer] = list_offers([invitation.campaign], creator)
    return render(request, "creators/invitation.html", context | {"offer": offer}, status=409 if refusal else 200)


def _way_back(token: str) -> str:
    """Return the query with which the pages for signing in, signing up and becoming a creator lead back here."""
    return urlencode({REDIRECT_FIELD_NAME: reverse("invitation", args=[token])})
