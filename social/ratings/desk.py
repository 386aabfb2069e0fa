"""Staff pages of ratings: the desk with those that wait for a moderator, and the shop's reply to one."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts.access import user_with_permission
from accounts.models import User
from social.desk import DeskView
from social.forms import HeldDecisionForm
from social.models import Rating, RatingState, RemovalReason
from social.ratings.content import match_wording
from social.ratings.decisions import decide_rating, reply_to_rating
from social.ratings.forms import RatingReplyForm
from social.refusals import ModerationRefused

REPLY = "social.reply_rating"
"""Permission to reply in the shop's name. Staff without it get 403."""


class RatingDesk(DeskView[Rating]):
    """The ratings that wait, oldest first, with the wording rules that they meet."""

    title, decided = gettext_lazy("Ratings to check"), gettext_lazy("The rating was decided on, and its author told.")
    permission, template = "social.change_rating", "admin/social/held_ratings.html"
    list_route, decide_route = "social_held_ratings", "social_decide_rating"
    form_class = HeldDecisionForm

    def waiting(self) -> QuerySet[Rating]:
        held = Rating.objects.filter(state=RatingState.HELD).with_purchase()
        return held.select_related("product").prefetch_related("pictures").order_by("changed_at", "pk")

    def all_rows(self) -> QuerySet[Rating]:
        return Rating.objects.all()

    def decide(self, row: Rating, values: dict[str, Any], moderator: User) -> None:
        state = RatingState(values.pop("answer"))
        decide_rating(rating_id=row.pk, state=state, moderator=moderator, now=timezone.now(), **values)

    def describe(self, rows: Sequence[Rating], moderator: User) -> dict[str, Any]:
        matches = match_wording([(rating.words, rating.product) for rating in rows])
        context = {"states": (RatingState.VISIBLE, RatingState.REMOVED), "reasons": RemovalReason.choices}
        return context | {"rows": list(zip(rows, matches, strict=True))}


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
        except ModerationRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The reply was saved."))
            return redirect("admin:social_rating_change", rating.pk)
    context = admin.site.each_context(request) | {"title": _("Reply to a rating"), "rating": rating, "form": form}
    return render(request, "admin/social/rating_reply.html", context, status=422 if form.errors else 200)
