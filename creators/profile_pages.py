"""The page on which a user makes a public profile."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.access import has_verified_address, signed_in_user
from accounts.models import User
from accounts.picture_rules import PictureRefused
from creators.access import find_creator
from creators.avatars import delete_avatar, store_avatar
from creators.forms import MemberForm
from creators.models import Creator
from creators.profiles import HandleTaken, ProfileRefused, make_profile


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def make_profile_page(request: HttpRequest) -> HttpResponse:
    """Make a profile, or lead whoever has one to the page on which they change it."""
    user = signed_in_user(request)
    if find_creator(user):
        return redirect("profile")
    form = MemberForm(request.POST if request.method == "POST" else None, request.FILES or None)
    if request.method == "POST" and form.is_valid() and (profile := _make(form, user)):
        messages.success(request, _("Your profile is public now."))
        return redirect(profile)
    context = {"form": form, "is_verified": has_verified_address(user)}
    return render(request, "creators/make_profile.html", context, status=422 if form.errors else 200)


def _make(form: MemberForm, user: User) -> Creator | None:
    """Make the profile. If something is refused, say so in the form, store nothing and return None."""
    values = {name: form.cleaned_data[name] for name in ("handle", "display_name", "bio", "is_old_enough")}
    picture, stem, profile = form.cleaned_data["picture"], "", None
    try:
        if picture and values["is_old_enough"]:  # it takes seconds, and so comes before anything is locked
            stem = store_avatar(picture)
        profile = make_profile(user=user, picture_stem=stem, **values)
    except PictureRefused as refusal:
        form.add_error("picture", str(refusal))
    except HandleTaken as refusal:
        form.add_error("handle", str(refusal))
    except ProfileRefused as refusal:
        form.add_error(None, str(refusal))
    if stem and (profile is None or profile.avatar_stem != stem):  # refused, or made by another request meanwhile
        delete_avatar(stem)
    return profile
