"""The page of one post, which people share: the feed, opened at this post."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.views.decorators.http import require_safe

from feed.events.bots import is_person
from feed.events.identity import identify_signed_in_viewer, set_viewer_cookie
from feed.views import show_feed
from social.sharing.links import PARAMETER, count_open
from social.sharing.openers import opener_of
from videos.models import Clip


@require_safe
def show_post(request: HttpRequest, code: str) -> HttpResponse:
    """Show the feed from this post on. If it was opened by a share link, count that, and redirect to its plain address."""
    if PARAMETER not in request.GET:
        return show_feed(request, code)
    now = timezone.now()
    identity = identify_signed_in_viewer(request, now=now)
    clip = Clip.objects.shown_to(request.user).filter(code=code).first()
    if clip is not None and identity.may_store and request.method == "GET" and is_person(request):
        count_open(code=request.GET[PARAMETER], clip=clip, opener=opener_of(request, identity), now=now)
    query = request.GET.copy()
    del query[PARAMETER]
    response = HttpResponseRedirect(f"{request.path}?{query.urlencode()}" if query else request.path)
    set_viewer_cookie(response, request, identity)
    return response
