"""Pages of sharing: every way to share a post, and what friends have sent. They work without JavaScript."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.access import signed_in_user
from accounts.models import User
from accounts.page_limits import is_limited
from creators.models import Creator
from social.models import ShareLink
from social.sharing.links import create_link, delete_link, exclude_sharer, read_counts
from social.sharing.openers import identify_opener
from social.sharing.sent_posts import NotFriends, TooManySent, friends_of, received_by, remove_received, send_post
from videos.models import Clip

FRIENDS_SHOWN = 200
RECEIVED_SHOWN = 24


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def share_page(request: HttpRequest, code: str) -> HttpResponse:
    """Show a post's address, friends and embed code. On POST, send it, or create or delete the user's own link to it."""
    clip = get_object_or_404(Clip.objects.shown_to(request.user).select_related("creator"), code=code)
    if request.method == "POST":
        return _share(request, clip)
    context: dict[str, Any] = {"clip": clip}
    if isinstance(request.user, User):
        link = ShareLink.objects.owned_by(request.user).filter(clip=clip).select_related("clip").first()
        context |= {
            "link": link,
            "counts": link and read_counts(link),
            "friends": friends_of(request.user)[:FRIENDS_SHOWN],
        }
    return render(request, "social/share.html", context)


def _share(request: HttpRequest, clip: Clip) -> HttpResponse:
    user, change, now = request.user, request.POST.get("change"), timezone.now()
    if not isinstance(user, User):
        return redirect_to_login(request.path)
    if is_limited(request, scope="write"):
        return render(request, "429.html", status=429)
    if change == "send":
        _send(request, user, clip, now)
    elif change == "delete":
        delete_link(user=user, clip=clip)
        messages.success(
            request, _("Your link no longer counts, and its numbers are deleted. It still opens the post.")
        )
    else:
        link = create_link(user=user, clip=clip, now=now)
        exclude_sharer(link=link, opener=identify_opener(request, now=now))
    return redirect("clip-share", clip.code)


def _send(request: HttpRequest, user: User, clip: Clip, now: datetime) -> None:
    friend = get_object_or_404(Creator.objects.with_handle(request.POST.get("to", "")).visible_to(user.pk))
    try:
        send_post(user=user, clip=clip, recipient=friend, now=now)
    except (NotFriends, TooManySent) as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Sent to %(name)s.") % {"name": friend.display_name})


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def received_page(request: HttpRequest) -> HttpResponse:
    """Show the posts that friends have sent, latest first. On POST, remove one of them."""
    user = signed_in_user(request)
    if request.method == "POST":
        pk = request.POST.get("post", "")
        if pk.isascii() and pk.isdigit() and len(pk) < 19:
            remove_received(user=user, pk=int(pk), now=timezone.now())
        return redirect("received-posts")
    page = Paginator(received_by(user), RECEIVED_SHOWN).get_page(request.GET.get("page"))
    clips = Clip.objects.with_interest().select_related("creator", "source").in_bulk([sent.clip_id for sent in page])
    received = [(sent, clips[sent.clip_id]) for sent in page if sent.clip_id in clips]
    return render(request, "social/received.html", {"page": page, "received": received, "kind": "shared"})
