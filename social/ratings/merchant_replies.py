"""Pages and API on which a merchant's owners and managers read the ratings of its products and reply to them."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics, status
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api_errors import Conflict
from accounts.page_limits import explain_limit, is_limited
from accounts.pagination import NewestFirst
from catalog.merchants.access import merchant_required, require_member
from catalog.models import MerchantMember, MerchantRole, MerchantState
from social.models import Rating
from social.models.rating import RatingQuerySet
from social.ratings.decisions import reply_to_rating
from social.ratings.forms import RatingReplyForm
from social.ratings.lists import for_readers
from social.ratings.serializers import RatingSerializer, SellerWordsSerializer
from social.refusals import ModerationRefused

REPLYING = (MerchantRole.OWNER, MerchantRole.MANAGER)
PAGE_SIZE = 20


def list_ratings(member: MerchantMember, *, is_open: bool = False) -> RatingQuerySet:
    """Return the public ratings of a merchant's products, those without a reply if `is_open`. Blocks of the member hold."""
    ratings = for_readers(Rating.objects.public().filter(product__merchant=member.merchant), member.user)
    return ratings.filter(reply_words="") if is_open else ratings


def check_may_reply(member: MerchantMember) -> None:
    """Raise PermissionDenied (403) while the merchant is suspended: it says nothing in public."""
    if member.merchant.state != MerchantState.APPROVED:
        raise PermissionDenied


def reply(rating: Rating, member: MerchantMember, *, words: str, seen_words: str) -> None:
    """Reply in the merchant's name. Raises ModerationRefused."""
    now, merchant = timezone.now(), member.merchant
    reply_to_rating(rating=rating, seen_words=seen_words, words=words, by=member.user, now=now, merchant=merchant)


@require_safe
@merchant_required(*REPLYING)
@never_cache
def merchant_ratings_page(request: HttpRequest, member: MerchantMember) -> HttpResponse:
    is_open = request.GET.get("show") == "open"
    ratings = list_ratings(member, is_open=is_open).order_by("-pk")
    page = Paginator(ratings, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"member": member, "here": "ratings", "page": page, "is_open": is_open}
    return render(request, "merchant/ratings.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@merchant_required(*REPLYING)
@never_cache
def merchant_reply_page(request: HttpRequest, member: MerchantMember, pk: int) -> HttpResponse:
    """Write, change or delete the merchant's reply to a rating of one of its products."""
    check_may_reply(member)
    rating = get_object_or_404(list_ratings(member), pk=pk)
    initial = {"words": rating.reply_words, "seen_words": rating.reply_words}
    form = RatingReplyForm(request.POST if request.method == "POST" else None, initial=initial)
    code = 200
    if request.method == "POST" and is_limited(request, scope="write"):
        form.add_error(None, explain_limit())
        code = 429
    elif request.method == "POST" and form.is_valid():
        try:
            reply(rating, member, **form.cleaned_data)
        except ModerationRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The reply was saved."))
            return redirect("merchant-ratings")
    if form.errors and code == 200:
        code = 422
    context = {"member": member, "here": "ratings", "rating": rating, "form": form}
    return render(request, "merchant/rating_reply.html", context, status=code)


class NewestRatingsFirst(NewestFirst):
    ordering = ("-created_at", "-pk")


class MerchantRatings(generics.ListAPIView[Rating]):
    """The ratings of a merchant's products, newest first."""

    permission_classes = [IsAuthenticated]
    serializer_class = RatingSerializer
    pagination_class = NewestRatingsFirst

    def get_queryset(self) -> RatingQuerySet:
        member = require_member(self.request, str(self.kwargs["slug"]), *REPLYING)
        return list_ratings(member, is_open=self.request.query_params.get("unanswered") == "true")

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "user_id": self.request.user.pk}

    @extend_schema(parameters=[OpenApiParameter("unanswered", bool, description="Only those without a reply.")])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)


class MerchantReply(APIView):
    """The merchant's reply to a rating. PUT writes or replaces it, and DELETE deletes it."""

    permission_classes = [IsAuthenticated]
    throttle_scope = "write"
    error_statuses = (409,)

    @extend_schema(request=SellerWordsSerializer, responses=RatingSerializer)
    def put(self, request: Request, slug: str, pk: int) -> Response:
        serializer = SellerWordsSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        rating = self.save(request, slug, pk, str(serializer.validated_data["words"]))
        return Response(RatingSerializer(rating, context={"user_id": request.user.pk}).data)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, slug: str, pk: int) -> Response:
        self.save(request, slug, pk, "")
        return Response(status=status.HTTP_204_NO_CONTENT)

    def save(self, request: Request, slug: str, pk: int, words: str) -> Rating:
        member = require_member(request, slug, *REPLYING)
        check_may_reply(member)
        rating = get_object_or_404(list_ratings(member), pk=pk)
        try:
            reply(rating, member, words=words, seen_words=rating.reply_words)
        except ModerationRefused as refusal:
            raise Conflict(str(refusal)) from refusal
        return get_object_or_404(list_ratings(member), pk=pk)
