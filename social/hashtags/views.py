"""The page of a hashtag, and following it without scripts."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.access import signed_in_user
from accounts.page_limits import explain_limit, is_limited
from accounts.templatetags.isolation import isolate
from social.hashtags.follows import TooManyHashtags, is_following, set_hashtag_follow
from social.hashtags.lists import find_hashtag, read_posts


@require_safe
@never_cache
def hashtag_page(request: HttpRequest, tag: str) -> HttpResponse:
    """Show the posts with a hashtag, newest first. Other spellings lead to the one address that it has."""
    hashtag = find_hashtag(tag)
    if tag != hashtag.key:
        query = request.META.get("QUERY_STRING", "")
        return redirect(f"{hashtag.get_absolute_url()}?{query}" if query else hashtag, permanent=True)
    page = read_posts(hashtag, reader=request.user, after=request.GET.get("after", ""))
    context = {"hashtag": hashtag, "page": page, "is_followed": is_following(request.user, hashtag)}
    return render(request, "social/hashtag.html", context)


@require_POST
@login_required
def follow_hashtag_page(request: HttpRequest, tag: str) -> HttpResponse:
    """Follow a hashtag or unfollow it, and return to its page or the list of what the user follows."""
    hashtag, is_on = find_hashtag(tag), request.POST.get("change") == "follow"
    if is_limited(request, scope="write"):
        messages.error(request, explain_limit())
        return redirect(hashtag)
    try:
        set_hashtag_follow(user=signed_in_user(request), hashtag=hashtag, is_on=is_on, now=timezone.now())
    except TooManyHashtags as refusal:
        messages.error(request, str(refusal))
    else:
        sentence = _("You follow %(hashtag)s now.") if is_on else _("You no longer follow %(hashtag)s.")
        messages.success(request, sentence % {"hashtag": isolate(str(hashtag))})
    return redirect("following" if request.POST.get("from") == "following" else hashtag)
