"""Pages of a profile beside its posts: followers, following and likes; and what its reader does there without scripts."""

from collections.abc import Callable
from datetime import datetime
from functools import partial

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import signed_in_user
from accounts.templatetags.isolation import isolate
from creators.models import Creator
from feed.events.identity import ConsentMissing, identify_signed_in_viewer, set_viewer_cookie
from feedsite.reactions import react_to_creator
from social.blocks import OwnAccount, list_blocked, list_muted, set_block, set_mute
from social.follow_lists import read_followed, read_followers, read_liked


@require_safe
@never_cache
def followers_page(request: HttpRequest, handle: str) -> HttpResponse:
    profile = _find_profile(request, handle)
    page = read_followers(profile, reader=request.user, after=request.GET.get("after", ""))
    return render(request, "social/people.html", {"profile": profile, "page": page, "kind": "followers"})


@require_safe
@never_cache
def following_of_page(request: HttpRequest, handle: str) -> HttpResponse:
    profile = _find_profile(request, handle)
    page = read_followed(profile.user, reader=request.user, after=request.GET.get("after", ""))
    return render(request, "social/people.html", {"profile": profile, "page": page, "kind": "following"})


@require_safe
@never_cache
def likes_page(request: HttpRequest, handle: str) -> HttpResponse:
    """Show the posts that somebody likes, if they want that."""
    profile = _find_profile(request, handle)
    if not profile.shows_likes:
        raise Http404
    page = read_liked(profile, reader=request.user, after=request.GET.get("after", ""))
    return render(request, "social/liked.html", {"profile": profile, "page": page})


@require_POST
def change_profile_relation(request: HttpRequest, handle: str) -> HttpResponse:
    """Follow, mute or block the owner of a profile, or undo it. Visitors may only follow."""
    change, now = request.POST.get("change", ""), timezone.now()
    if change in ("follow", "unfollow"):
        return _follow(request, _find_profile(request, handle), is_on=change == "follow", now=now)
    return _block_or_mute(request, handle, change)


def _follow(request: HttpRequest, profile: Creator, *, is_on: bool, now: datetime) -> HttpResponse:
    identity = identify_signed_in_viewer(request, now=now)
    try:
        react_to_creator(request=request, identity=identity, creator=profile, is_on=is_on, now=now)
    except ConsentMissing as refusal:
        messages.error(request, str(refusal))
    response = redirect(profile)
    set_viewer_cookie(response, request, identity)
    return response


@login_required
def _block_or_mute(request: HttpRequest, handle: str, change: str) -> HttpResponse:
    changes: dict[str, tuple[Callable[..., None], str]] = {
        "block": (partial(set_block, is_on=True), _("You blocked %(name)s. Neither of you sees the other.")),
        "unblock": (partial(set_block, is_on=False), _("%(name)s is no longer blocked.")),
        "mute": (partial(set_mute, is_on=True), _("You muted %(name)s. They can't notice it.")),
        "unmute": (partial(set_mute, is_on=False), _("%(name)s is no longer muted.")),
    }
    if change not in changes:
        raise Http404
    profiles = Creator.objects.all() if change.startswith("un") else Creator.objects.public()
    profile = get_object_or_404(profiles.select_related("user"), handle=handle.lower())
    write, sentence = changes[change]
    try:
        write(user=signed_in_user(request), other=profile.user, now=timezone.now())
    except OwnAccount as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, sentence % {"name": isolate(profile.display_name)})
    return redirect(profile if change == "mute" else "blocked-people")


@require_http_methods(["GET", "HEAD"])
@login_required
@never_cache
def blocked_people_page(request: HttpRequest) -> HttpResponse:
    """Show whom the user has blocked and muted. Each can be undone."""
    user = signed_in_user(request)
    return render(request, "social/blocked.html", {"blocked": list_blocked(user), "muted": list_muted(user)})


def _find_profile(request: HttpRequest, handle: str) -> Creator:
    visible = Creator.objects.with_handle(handle).visible_to(request.user.pk)
    return get_object_or_404(visible.select_related("user"))
