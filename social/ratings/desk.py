"""Staff pages of ratings: the desk with those that wait for a moderator, and the shop's reply to one."""

from typing import Any

from django.contrib import admin, messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import user_with_permission
from social.models import Rating, RatingState
from social.ratings.content import match_wording
from social.ratings.decisions import RatingDecisionRefused, decide_rating, reply_to_rating
from social.ratings.forms import RatingDecisionForm, RatingReplyForm

RATINGS_PER_PAGE = 25
DECIDE, REPLY = "social.change_rating", "social.reply_rating"
"""Permissions. Staff without them get 403."""


@require_safe
def held_page(request: HttpRequest) -> HttpResponse:
    """List the ratings that wait for a moderator, oldest first, with the wording rules that they meet."""
    return _render_held(request)


@require_POST
def decide_held_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Decide on one rating and redirect to those that wait. Show them with what was entered if that is refused."""
    moderator = user_with_permission(request, DECIDE)
    rating, form = get_object_or_404(Rating, pk=pk), RatingDecisionForm(request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(str(sentence) for errors in form.errors.values() for sentence in errors))
        return _render_held(request, form=form, refused_id=pk)
    try:
        decide_rating(
            rating_id=rating.pk,
            revision=form.cleaned_data["revision"],
            state=RatingState(form.cleaned_data["answer"]),
            reason=form.cleaned_data["words"],
            moderator=moderator,
            now=timezone.now(),
        )
    except RatingDecisionRefused as refusal:
        messages.error(request, str(refusal))
        return _render_held(request, form=form, refused_id=pk)
    messages.success(request, _("The rating was decided on, and its author told."))
    return redirect(reverse("admin:social_held_ratings") + f"?{request.GET.urlencode()}")


@require_http_methods(["GET", "HEAD", "POST"])
def reply_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Write, change or delete the shop's reply to a rating."""
    user = user_with_permission(request, REPLY)
    rating = get_object_or_404(Rating.objects.select_related("product"), pk=pk)
    initial = {"words": rating.reply_words, "seen_words": rating.reply_words}
    form = RatingReplyForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            reply_to_rating(rating=rating, by=user, now=timezone.now(), **form.cleaned_data)
        except RatingDecisionRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The reply was saved."))
            return redirect("admin:social_rating_change", rating.pk)
    context = admin.site.each_context(request) | {"title": _("Reply to a rating"), "rating": rating, "form": form}
    return render(request, "admin/social/rating_reply.html", context, status=422 if form.errors else 200)


def _render_held(request: HttpRequest, **refused: Any) -> HttpResponse:
    """Return the desk. `form` and `refused_id` are what was entered for a rating, and refused."""
    user_with_permission(request, DECIDE)
    held = Rating.objects.filter(state=RatingState.HELD).with_purchase()
    held = held.select_related("product").prefetch_related("pictures").order_by("changed_at", "pk")
    page = Paginator(held, RATINGS_PER_PAGE).get_page(request.GET.get("page"))
    rows = list(zip(page, match_wording([(rating.words, rating.product) for rating in page]), strict=True))
    context = admin.site.each_context(request) | {"title": _("Ratings to check"), "page": page, "rows": rows}
    context |= {"query": request.GET.urlencode(), "states": (RatingState.VISIBLE, RatingState.REMOVED)} | refused
    return render(request, "admin/social/held_ratings.html", context, status=422 if refused else 200)
