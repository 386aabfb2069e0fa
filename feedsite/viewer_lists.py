"""Pages of what a viewer has saved, liked, watched and followed, and of what they see less of, each with a way back."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.access import signed_in_user
from creators.models import Creator
from feed.events.identity import ConsentMissing, Identity, identify_signed_in_viewer, set_viewer_cookie
from feed.lists import (
    ListKind,
    list_clips,
    list_hidden_creators,
    list_lessened,
    page_of_clips,
    suggest_creators,
)
from feed.models import Viewer
from feed.preferences import hide_creator, restore_reason
from feedsite.reactions import react, react_to_creator
from social.clip_collections import collections_with
from social.follow_lists import list_followed, read_followed
from social.following import read_following
from social.hashtags.follows import list_followed_hashtags
from videos.models import Clip

FOLLOWED_SHOWN = 12
VERBS = {ListKind.SAVED: "save", ListKind.LIKED: "like"}


def viewer_of(request: HttpRequest, now: datetime) -> tuple[Identity, Viewer]:
    """Return who made a request, with the row of their choices or an empty one."""
    identity = identify_signed_in_viewer(request, now=now)
    return identity, Viewer.objects.filter(pk=identity.key).first() or Viewer(key=identity.key)


@require_safe
@never_cache
def list_page(request: HttpRequest, kind: str) -> HttpResponse:
    """Show the clips that a viewer has saved, liked or watched."""
    identity, viewer = viewer_of(request, timezone.now())
    page = list_clips(viewer, ListKind(kind), reader=request.user, after=request.GET.get("after", ""))
    context = {"page": page, "kind": kind, "verb": VERBS.get(ListKind(kind), "")}
    return _answer(request, identity, "feed/lists/clips.html", context)


@require_safe
@never_cache
def following_page(request: HttpRequest) -> HttpResponse:
    """Show the newest posts of those whom a viewer follows. Suggest profiles to those who follow nobody."""
    identity, viewer = viewer_of(request, timezone.now())
    page = read_following(viewer, reader=request.user, after=request.GET.get("after", ""))
    followed = list_followed(viewer, user=request.user, count=FOLLOWED_SHOWN + 1)
    context = {
        "page": page,
        "kind": "following",
        "followed": followed[:FOLLOWED_SHOWN],
        "hashtags": list_followed_hashtags(request.user),
        "has_more": len(followed) > FOLLOWED_SHOWN,
        "suggested": [] if followed else suggest_creators(viewer),
    }
    return _answer(request, identity, "feed/lists/following.html", context)


@require_safe
@login_required
@never_cache
def followed_page(request: HttpRequest) -> HttpResponse:
    """Show everybody whom the user follows, in pages."""
    user = signed_in_user(request)
    page = read_followed(user, reader=user, after=request.GET.get("after", ""))
    return render(request, "feed/lists/followed.html", {"page": page, "kind": "following"})


@require_safe
@never_cache
def less_page(request: HttpRequest) -> HttpResponse:
    """Show what a viewer sees less of: reasons, hidden clips and hidden creators."""
    identity, viewer = viewer_of(request, timezone.now())
    hidden = [*reversed(viewer.hidden)]
    page = page_of_clips(hidden, reader=request.user, after=request.GET.get("after", ""))
    context = {"page": page, "kind": "less", "reasons": list_lessened(viewer), "creators": list_hidden_creators(viewer)}
    return _answer(request, identity, "feed/lists/less.html", context)


@require_POST
def change_list(request: HttpRequest) -> HttpResponse:
    """Take one thing off a list: a clip, a creator, or a reason. Or follow a suggested creator.

    Ask first whether to remove a saved clip that lies in collections.
    """
    now = timezone.now()
    identity = identify_signed_in_viewer(request, now=now)
    change = request.POST.get("change", "")
    if change == "save" and "is_confirmed" not in request.POST and request.user.is_authenticated:
        clip = get_object_or_404(Clip.objects.select_related("creator"), code=request.POST.get("subject", ""))
        if names := collections_with(user=request.user, clip=clip):
            return _answer(request, identity, "feed/lists/confirm_removal.html", {"clip": clip, "names": names})
    try:
        _apply_change(request, identity, change, request.POST.get("subject", ""), now)
    except ConsentMissing as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("You follow this person now.") if change == "follow" else _("Undone."))
    pages = {"save": "saved", "like": "liked", "follow": "following", "unfollow": "following"}
    response = redirect(pages.get(change, "less-of"))
    set_viewer_cookie(response, request, identity)
    return response


def _apply_change(request: HttpRequest, identity: Identity, change: str, subject: str, now: datetime) -> None:
    if change in ("save", "like", "not-interested"):
        clip = get_object_or_404(Clip, code=subject)
        react(request=request, identity=identity, clip=clip, verb=change, is_on=False, now=now)
    elif change in ("follow", "unfollow", "show"):
        creators = Creator.objects.visible_to(request.user.pk) if change == "follow" else Creator.objects.all()
        creator = get_object_or_404(creators, handle=subject)
        if change == "show":
            identity.require_consent()
            hide_creator(key=identity.key, creator_id=creator.pk, is_hidden=False, now=now)
        else:
            is_on = change == "follow"
            react_to_creator(request=request, identity=identity, creator=creator, is_on=is_on, now=now)
    elif change == "reason":
        identity.require_consent()
        restore_reason(key=identity.key, code=subject)
    else:
        raise Http404


def _answer(request: HttpRequest, identity: Identity, template: str, context: dict[str, Any]) -> HttpResponse:
    response = render(request, template, context | {"may_store": identity.may_store})
    set_viewer_cookie(response, request, identity)
    return response
