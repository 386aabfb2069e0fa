"""Pages of comments: a post's list, the replies to one, writing, changing, likes and pins, and the post's settings."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import signed_in_user
from accounts.models import User
from accounts.page_limits import explain_limit, is_limited
from social.comments.authorship import SavedComment, create_comment, delete_comment, edit_comment
from social.comments.forms import CommentForm, CommentSettingsForm
from social.comments.likes import set_comment_like, set_pin
from social.comments.lists import find_thread, is_moderator
from social.comments.lookup import find_comment, find_own_comment, find_post, find_post_to_comment
from social.comments.page import describe_page
from social.comments.refusals import CommentConflict, CommentRefused, TooManyComments
from social.models import CommentHold
from videos.models import Clip

SCOPE = "write"


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def comments_page(request: HttpRequest, code: str, thread: int | None = None) -> HttpResponse:
    """Show the comments on a post or, with `thread`, one of them with its replies. On POST, add to these."""
    if request.method != "POST":
        return _show(request, find_post(code, request.user), thread)
    if not isinstance(request.user, User):
        return redirect_to_login(request.path)
    user, form = request.user, CommentForm(request.POST, is_reply=thread is not None)
    try:
        clip = find_post_to_comment(code, user)
    except CommentConflict as refusal:
        context = {"refusal": refusal, "words": request.POST.get("words", "")}
        return render(request, "social/comment_refused.html", context, status=409)
    if is_limited(request, scope=SCOPE):
        return _show(request, clip, thread, form=form, refusal=explain_limit(), status=429)
    if not form.is_valid():
        return _show(request, clip, thread, form=form, status=422)
    try:
        saved = create_comment(
            user=user, clip=clip, words=form.cleaned_data["words"], parent_id=thread, now=timezone.now()
        )
    except CommentRefused as refusal:
        return _show(request, clip, thread, form=form, refusal=str(refusal), status=status_of(refusal))
    for sentence in explain_saved(saved):
        messages.success(request, sentence)
    return redirect("comments", code) if thread is None else redirect(saved.comment)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def edit_comment_page(request: HttpRequest, pk: int) -> HttpResponse:
    user = signed_in_user(request)
    comment = find_own_comment(pk, user)
    form = CommentForm(request.POST if request.method == "POST" else None, initial={"words": comment.words})
    refusal, status = "", 422 if form.errors else 200
    if request.method == "POST" and is_limited(request, scope=SCOPE):
        refusal, status = explain_limit(), 429
    elif form.is_valid():
        try:
            saved = edit_comment(user=user, comment=comment, words=form.cleaned_data["words"], now=timezone.now())
        except CommentRefused as error:
            refusal, status = str(error), status_of(error)
        else:
            for sentence in explain_saved(saved):
                messages.success(request, sentence)
            return redirect(comment)
    context = {"comment": comment, "form": form, "refusal": refusal}
    return render(request, "social/comment_edit.html", context, status=status)


@require_POST
@login_required
def change_comment(request: HttpRequest, pk: int) -> HttpResponse:
    """Like, unlike, pin, unpin or delete a comment, and return to it."""
    user, change, now = signed_in_user(request), request.POST.get("change", ""), timezone.now()
    if change == "delete":
        comment = find_own_comment(pk, user)
        delete_comment(user=user, comment=comment, now=now)
        messages.success(request, _("Your comment has been deleted."))
        return redirect("comments", comment.clip.code)
    comment = find_comment(pk, user)
    if is_limited(request, scope=SCOPE):
        return render(request, "429.html", status=429)
    try:
        if change in ("like", "unlike"):
            set_comment_like(user=user, comment=comment, is_on=change == "like", now=now)
        elif change in ("pin", "unpin"):
            set_pin(user=user, comment=comment, is_on=change == "pin")
        else:
            raise Http404
    except CommentRefused as refusal:
        messages.error(request, str(refusal))
    return redirect(comment)


@require_POST
@login_required
def comment_settings_page(request: HttpRequest, code: str) -> HttpResponse:
    """Set who may comment on a post, and how often. For its author, and for moderators."""
    clip = find_post(code, request.user)
    check_may_set(clip, signed_in_user(request))
    form = CommentSettingsForm(request.POST)
    if not form.is_valid():
        return _show(request, clip, None, settings_form=form, status=422)
    Clip.objects.filter(pk=clip.pk).update(**form.cleaned_data)
    messages.success(request, _("The settings for comments have been saved."))
    return redirect("comments", code)


def check_may_set(clip: Clip, user: User) -> None:
    """Raises PermissionDenied if the user neither made the post nor moderates comments."""
    if clip.creator.user_id != user.pk and not is_moderator(user):
        raise PermissionDenied


def status_of(refusal: CommentRefused) -> int:
    """Return the HTTP status for a refusal."""
    return {TooManyComments: 429, CommentConflict: 409}.get(type(refusal), 422)


def explain_saved(saved: SavedComment) -> list[str]:
    """Return sentences about what became of a comment, with the wording rules for which it waits."""
    if not saved.comment.hold_reason:
        return [_("Your comment is on the page.")]
    sentences = {
        CommentHold.NEWCOMER: _("Thank you! A moderator looks at your first comments before others see them."),
        CommentHold.WORDING: _("A moderator looks at your comment first, because of its wording."),
        CommentHold.LINK: _("A moderator looks at your comment first, because it has a link."),
        CommentHold.PHONE_NUMBER: _("A moderator looks at your comment first, because it has a phone number."),
        CommentHold.REPEATED: _("A moderator looks at your comment first, because you have written the same before."),
        CommentHold.AGAIN: _("A moderator looks at your comment first."),
    }
    rules = [_("“%(words)s”: %(rule)s") % {"words": match.words, "rule": match.rule.message} for match in saved.matches]
    return [sentences[CommentHold(saved.comment.hold_reason)], *dict.fromkeys(rules)]


def _show(
    request: HttpRequest, clip: Clip, thread_id: int | None, *, status: int = 200, **entered: Any
) -> HttpResponse:
    """Return the page. `form`, `settings_form` and `refusal` are what was entered, and refused."""
    thread = None
    if thread_id is not None:
        thread = find_thread(clip, thread_id, request.user)
        if thread is None:
            raise Http404
    context = describe_page(request, clip, thread) | entered
    return render(request, "social/comments.html", context, status=status)
