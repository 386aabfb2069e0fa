"""Pages of ratings: writing and deleting one's own, votes, and the end of emails that ask for ratings."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import has_verified_address, is_adult, signed_in_user
from accounts.models import User
from accounts.page_limits import explain_limit, is_limited
from catalog.models import Product
from creators.models import Creator
from social.models import HoldReason, Rating, RatingMailStop
from social.ratings.authorship import RatingRefused, SavedRating, delete_rating, find_own_rating, save_rating
from social.ratings.forms import RatingForm
from social.ratings.requests import find_reader, stop_requests
from social.ratings.uploads import PictureRefused, storing_pictures
from social.ratings.votes import VoteRefused, set_vote

SCOPE = "write"


def find_product(slug: str, user: object) -> Product:
    """Return a product that the user may see. Raises Http404."""
    visible = Product.objects.on_sale().suitable_for(is_adult=is_adult(user)).with_pictures()
    return get_object_or_404(visible, slug=slug)


def find_visible_rating(pk: int, user: object) -> Rating:
    """Return a rating that everybody sees, of a product that the user may see. Raises Http404."""
    products = Product.objects.on_sale().suitable_for(is_adult=is_adult(user))
    return get_object_or_404(Rating.objects.public().filter(product__in=products).select_related("product"), pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def rating_page(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the form of the user's rating of a product. On POST, store it: a new one, or another content."""
    user, product = signed_in_user(request), find_product(slug, request.user)
    rating = find_own_rating(user, product)
    form = RatingForm(rating=rating, initial=_read_initial(user, rating))
    if request.method != "POST":
        return _show_form(request, product, rating, form)
    form = RatingForm(request.POST, request.FILES, rating=rating)
    if is_limited(request, scope=SCOPE):
        return _show_form(request, product, rating, form, [explain_limit()], status=429)
    if not form.is_valid():
        return _show_form(request, product, rating, form, status=422)
    try:
        with storing_pictures(
            form.cleaned_data["pictures"], removed_ids=form.cleaned_data["removed_pictures"]
        ) as change:
            saved = save_rating(user=user, product=product, content=form.content, pictures=change, now=timezone.now())
    except (RatingRefused, PictureRefused) as refusal:
        return _show_form(request, product, rating, form, [str(refusal)], status=422)
    for sentence in explain_saved(saved):
        messages.success(request, sentence)
    return redirect(product.get_absolute_url() + "#ratings")


@require_POST
@login_required
def delete_rating_page(request: HttpRequest, slug: str) -> HttpResponse:
    user, product = signed_in_user(request), find_product(slug, request.user)
    rating = find_own_rating(user, product)
    if rating is not None:
        delete_rating(rating=rating)
    messages.success(request, _("Your rating has been deleted."))
    return redirect(product.get_absolute_url() + "#ratings")


@require_POST
@login_required
def vote_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Store that a rating helped, or take it back, and return to it."""
    user, rating = signed_in_user(request), find_visible_rating(pk, request.user)
    if is_limited(request, scope=SCOPE):
        return render(request, "429.html", status=429)
    try:
        set_vote(user=user, rating=rating, is_on=request.POST.get("helpful") == "yes", now=timezone.now())
    except VoteRefused as refusal:
        messages.error(request, str(refusal))
    return redirect(rating.get_absolute_url())


@require_http_methods(["GET", "HEAD", "POST"])
@csrf_exempt  # a mail program posts it, as RFC 8058 describes; the token names the reader
@never_cache
def stop_emails_page(request: HttpRequest, token: str) -> HttpResponse:
    """Ask whether the reader of an email wants no more of its kind. On POST, stop them, or send them again."""
    reader = find_reader(token)
    if reader is None:
        raise Http404
    if request.method == "POST":
        stop_requests(user=reader, is_stopped=request.POST.get("again") != "yes", now=timezone.now())
    context = {"is_stopped": RatingMailStop.objects.filter(user=reader).exists()}
    return render(request, "social/stop_rating_emails.html", context)


def explain_saved(saved: SavedRating) -> list[str]:
    """Return sentences about what became of a rating, with the wording rules for which it waits."""
    if not saved.rating.hold_reason:
        return [_("Thank you! Your rating is on the page.")]
    sentences = {
        HoldReason.NEWCOMER: _("Thank you! Your account is new, so a moderator looks at your rating first."),
        HoldReason.WORDING: _("Thank you! A moderator looks at your rating first, because of its wording."),
        HoldReason.AFTER_REMOVAL: _("Thank you! A moderator looks at your changed rating first."),
    }
    rules = [_("“%(words)s”: %(rule)s") % {"words": match.words, "rule": match.rule.message} for match in saved.matches]
    return [sentences[HoldReason(saved.rating.hold_reason)], *dict.fromkeys(rules)]


def _read_initial(user: User, rating: Rating | None) -> dict[str, Any]:
    if rating is not None:
        return {"stars": rating.stars, "words": rating.words, "author_name": rating.author_name}
    creator = Creator.objects.filter(user=user).first()
    return {"author_name": creator.display_name if creator else user.get_full_name()}


def _show_form(
    request: HttpRequest,
    product: Product,
    rating: Rating | None,
    form: RatingForm,
    refusals: Sequence[str] = (),
    *,
    status: int = 200,
) -> HttpResponse:
    context: dict[str, Any] = {"product": product, "rating": rating, "form": form, "refusals": refusals}
    context["is_confirmed"] = has_verified_address(signed_in_user(request))
    return render(request, "social/rating.html", context, status=status)
