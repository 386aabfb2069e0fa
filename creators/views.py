"""Pages on which users become creators, edit their profile, join campaigns and answer agencies' offers."""

from django.contrib import messages
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import signed_in_user
from accounts.picture_rules import PictureRefused
from accounts.templatetags.isolation import isolate
from creators.access import creator_required, find_creator
from creators.avatars import delete_avatar, replace_avatar, store_avatar
from creators.enrolment import EnrolmentRefused, become_creator, enrol
from creators.forms import CreatorForm, ProfileForm
from creators.models import Campaign, Creator, Representation
from creators.offers import accepted_version, list_offers
from creators.profiles import HandleTaken, change_profile
from creators.representation import RepresentationRefused, accept_representation, give_notice


@login_required
def become_creator_page(request: HttpRequest) -> HttpResponse:
    user = signed_in_user(request)
    target = _target_of(request)
    if find_creator(user):
        return HttpResponseRedirect(target or reverse("studio"))
    form = CreatorForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        values = {name: form.cleaned_data[name] for name in ("handle", "display_name", "bio", "confirms_adult")}
        try:
            creator = become_creator(user=user, now=timezone.now(), **values)
        except HandleTaken as refusal:
            form.add_error("handle", str(refusal))
        else:
            welcome = _("Welcome, %(name)s.") if target else _("Welcome, %(name)s. Choose a campaign to start.")
            messages.success(request, welcome % {"name": isolate(creator.display_name)})
            return HttpResponseRedirect(target or reverse("campaigns"))
    return render(request, "creators/become.html", {"form": form}, status=422 if form.errors else 200)


def _target_of(request: HttpRequest) -> str:
    """Return the page of this site that the address asks to go to afterwards, or ""."""
    target = request.GET.get(REDIRECT_FIELD_NAME, "")
    is_own = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return target if is_own else ""


@require_http_methods(["GET", "HEAD", "POST"])
@creator_required
def profile_page(request: HttpRequest, creator: Creator) -> HttpResponseBase:
    form = ProfileForm(request.POST if request.method == "POST" else None, request.FILES or None, creator=creator)
    if request.method == "POST" and form.is_valid() and _save_profile(form, creator):
        messages.success(request, _("Your profile was saved."))
        return redirect("profile")
    context = {"form": form, "creator": Creator.objects.get(pk=creator.pk)}
    return render(request, "creators/profile.html", context, status=422 if form.errors else 200)


def _save_profile(form: ProfileForm, creator: Creator) -> bool:
    """Save what was changed. If the handle or the picture is refused, say so at its field, save nothing, return False."""
    stem, picture = "", form.cleaned_data["picture"]
    try:
        if picture:  # it takes seconds, and so comes before anything is locked
            stem = store_avatar(picture)
        with transaction.atomic():
            change_profile(creator=creator, changes=form.changes(), now=timezone.now())
            if picture or form.cleaned_data["removes_picture"]:
                replace_avatar(creator=creator, stem=stem)
    except HandleTaken as refusal:
        form.add_error("handle", str(refusal))
        if stem:
            delete_avatar(stem)
    except PictureRefused as refusal:
        form.add_error("picture", str(refusal))
    return not form.errors


def campaigns_page(request: HttpRequest) -> HttpResponse:
    """List the campaigns that are open to the viewer. Viewers who are not creators can also read the terms."""
    creator = find_creator(request.user)
    campaigns = Campaign.objects.visible_to(creator).open_at(timezone.now()).with_terms()
    offers = list_offers(list(campaigns.order_by("-created_at", "pk")), creator)
    return render(request, "creators/campaigns.html", {"offers": offers, "creator": creator})


@require_POST
@creator_required
def enrol_page(request: HttpRequest, creator: Creator, slug: str) -> HttpResponseBase:
    campaign = get_object_or_404(Campaign.objects.visible_to(creator).with_terms(), slug=slug)
    try:
        enrol(creator=creator, campaign=campaign, terms_version=accepted_version(request), now=timezone.now())
    except EnrolmentRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(
            request,
            _("You have joined “%(campaign)s”. You can now upload your first clip.")
            % {"campaign": campaign.local_title},
        )
    return redirect("campaigns")


@require_safe
@creator_required
def agency_page(request: HttpRequest, creator: Creator) -> HttpResponseBase:
    """Show the offers that agencies have made to the creator, and the shares that the creator has accepted."""
    representations = Representation.objects.filter(creator=creator).select_related("agency")
    newest_first = list(representations.order_by("-offered_at", "-pk"))
    agreed = [representation for representation in newest_first if representation.accepted_at is not None]
    offers = [representation for representation in newest_first if representation.accepted_at is None]
    return render(request, "creators/agency.html", {"offers": offers, "agreed": agreed, "now": timezone.now()})


@require_POST
@creator_required
def change_agency(request: HttpRequest, creator: Creator, pk: int, action: str) -> HttpResponseBase:
    """Accept an agency's offer, or give notice to end its share, depending on `action`.

    Respond with 404 if the offer or share belongs to another creator.
    """
    representation = get_object_or_404(Representation.objects.select_related("agency"), creator=creator, pk=pk)
    if action == "accept":
        try:
            accept_representation(representation=representation, now=timezone.now())
        except RepresentationRefused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(
                request, _("You accepted the offer from %(agency)s.") % {"agency": representation.agency.name}
            )
    elif give_notice(representation=representation, now=timezone.now()):
        messages.success(request, _("You gave notice. The agency's share ends after the notice period."))
    return redirect("agency")
