"""The page with every way to share a post. All of them work without JavaScript."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.models import User
from accounts.page_limits import is_limited
from social.models import ShareLink
from social.sharing.links import create_link, delete_link, exclude_sharer, read_counts
from social.sharing.openers import identify_opener
from videos.models import Clip


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def share_page(request: HttpRequest, code: str) -> HttpResponse:
    """Show a post's address and embed code. On POST, create or delete the user's own link, which counts its opens."""
    clip = get_object_or_404(Clip.objects.shown_to(request.user).with_interest().select_related("creator"), code=code)
    if request.method == "POST":
        return _change_link(request, clip)
    context: dict[str, Any] = {"clip": clip}
    if isinstance(request.user, User):
        link = ShareLink.objects.owned_by(request.user).filter(clip=clip).select_related("clip").first()
        context |= {"link": link, "counts": link and read_counts(link)}
    return render(request, "social/share.html", context)


def _change_link(request: HttpRequest, clip: Clip) -> HttpResponse:
    if not isinstance(request.user, User):
        return redirect_to_login(request.path)
    if is_limited(request, scope="write"):
        return render(request, "429.html", status=429)
    now = timezone.now()
    if request.POST.get("change") == "delete":
        delete_link(user=request.user, clip=clip)
        messages.success(request, _("Your link no longer counts, and its counts are deleted. It still opens the post."))
    else:
        link = create_link(user=request.user, clip=clip, now=now)
        exclude_sharer(link=link, opener=identify_opener(request, now=now))
    return redirect("clip-share", clip.code)
