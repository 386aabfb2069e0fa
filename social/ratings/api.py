"""JSON API for ratings: a product's list, one's own rating and its pictures, and votes."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.exceptions import NotFound
from rest_framework.parsers import MultiPartParser
from rest_framework.permissions import IsAuthenticated, IsAuthenticatedOrReadOnly
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access import signed_in_user
from accounts.api_errors import Conflict, Unprocessable
from accounts.idempotency import IDEMPOTENCY_KEY_HEADER, idempotent
from social.cursors import InvalidCursor
from social.models import Rating
from social.models.rating import STARS
from social.ratings.authorship import (
    NO_PICTURES,
    PictureChange,
    RatingExists,
    RatingRefused,
    SavedRating,
    delete_rating,
    find_own_rating,
    save_rating,
)
from social.ratings.content import RatingContent
from social.ratings.lists import ORDERS, PAGE_SIZE, Filters, for_readers, read_page
from social.ratings.serializers import (
    PictureUploadSerializer,
    RatingContentSerializer,
    RatingListSerializer,
    SavedRatingSerializer,
)
from social.ratings.uploads import PictureRefused, storing_pictures
from social.ratings.views import explain_saved, find_product, find_visible_rating
from social.ratings.votes import VoteRefused, set_vote

MAX_LIMIT = 50


class ProductRatings(APIView):
    """A product's ratings, most helpful first. POST rates the product."""

    permission_classes = [IsAuthenticatedOrReadOnly]
    throttle_scope = "write"
    error_statuses = (409, 422)

    def get_throttles(self) -> list[Any]:
        return super().get_throttles() if self.request.method == "POST" else []

    @extend_schema(
        responses=RatingListSerializer,
        parameters=[
            OpenApiParameter("sort", str, enum=list(ORDERS), description="`helpful` if it is left out."),
            OpenApiParameter("stars", int, enum=sorted(STARS), description="Only ratings with so many stars."),
            OpenApiParameter("cursor", str, description="From the page before."),
            OpenApiParameter("limit", int, description=f"At most {MAX_LIMIT}; {PAGE_SIZE} if it is left out."),
        ],
    )
    def get(self, request: Request, slug: str) -> Response:
        product = find_product(slug, request.user)
        limit = request.query_params.get("limit", "")
        size = min(max(int(limit), 1), MAX_LIMIT) if limit.isascii() and limit.isdigit() else PAGE_SIZE
        filters, after = Filters.read(request.query_params), request.query_params.get("cursor", "")
        try:
            page = read_page(product, filters, user=request.user, after=after, limit=size)
        except InvalidCursor as error:
            raise NotFound from error
        body = {
            "average": product.rating_average,
            "count": product.rating_count,
            "count_by_stars": Rating.objects.public().filter(product=product).count_by_stars(),
            "ratings": page.ratings,
            "cursor": page.cursor,
        }
        return Response(RatingListSerializer(body, context={"user_id": request.user.pk}).data)

    @extend_schema(
        request=RatingContentSerializer, responses={201: SavedRatingSerializer}, parameters=[IDEMPOTENCY_KEY_HEADER]
    )
    @idempotent
    def post(self, request: Request, slug: str) -> Response:
        product = find_product(slug, request.user)
        serializer = RatingContentSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        try:
            saved = save_rating(
                user=signed_in_user(request),
                product=product,
                content=serializer.content,
                replaces=False,
                now=timezone.now(),
            )
        except RatingExists as refusal:
            raise Conflict(str(refusal)) from refusal
        except RatingRefused as refusal:
            raise Unprocessable(str(refusal)) from refusal
        return Response(_describe(saved), status=status.HTTP_201_CREATED)


class RatingView(APIView):
    permission_classes = [IsAuthenticated]
    throttle_scope = "write"

    def find_own(self, pk: int) -> Rating:
        """Return a rating of the user in any state, also of a product that is no longer on sale. Raises Http404."""
        user = signed_in_user(self.request)
        own = get_object_or_404(Rating.objects.owned_by(user).select_related("product"), pk=pk)
        rating = find_own_rating(user, own.product)
        if rating is None:
            raise NotFound
        return rating

    def save(self, rating: Rating, content: RatingContent, pictures: PictureChange = NO_PICTURES) -> Response:
        """Store another content of the rating, and answer with it. Raises Http404 if its product is not on sale."""
        user = signed_in_user(self.request)
        product = find_product(rating.product.slug, user)
        try:
            saved = save_rating(user=user, product=product, content=content, pictures=pictures, now=timezone.now())
        except RatingRefused as refusal:
            raise Unprocessable(str(refusal)) from refusal
        return Response(_describe(saved))


class OwnRating(RatingView):
    """One's own rating. PATCH changes it, and DELETE deletes it."""

    error_statuses = (422,)

    @extend_schema(request=RatingContentSerializer(partial=True), responses=SavedRatingSerializer)
    def patch(self, request: Request, pk: int) -> Response:
        rating = self.find_own(pk)
        values = {"stars": rating.stars, "words": rating.words, "author_name": rating.author_name}
        body = request.data if isinstance(request.data, dict) else {}
        serializer = RatingContentSerializer(data=values | body)
        serializer.is_valid(raise_exception=True)
        return self.save(rating, serializer.content)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, pk: int) -> Response:
        delete_rating(rating=self.find_own(pk))
        return Response(status=status.HTTP_204_NO_CONTENT)


class RatingPictures(RatingView):
    """Pictures of one's own rating. POST adds one."""

    parser_classes = [MultiPartParser]
    error_statuses = (422,)

    @extend_schema(request={"multipart/form-data": PictureUploadSerializer}, responses=SavedRatingSerializer)
    def post(self, request: Request, pk: int) -> Response:
        rating = self.find_own(pk)
        serializer = PictureUploadSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        try:
            with storing_pictures([serializer.validated_data["picture"]], removed_ids=()) as change:
                return self.save(rating, _content_of(rating), change)
        except PictureRefused as refusal:
            raise Unprocessable(str(refusal)) from refusal


class RatingPictureDetail(RatingView):
    """A picture of one's own rating. DELETE removes it."""

    @extend_schema(responses={204: None})
    def delete(self, request: Request, pk: int, picture_id: int) -> Response:
        rating = self.find_own(pk)
        picture = get_object_or_404(rating.pictures.all(), pk=picture_id)
        self.save(rating, _content_of(rating), PictureChange(removed_ids=[picture.pk]))
        return Response(status=status.HTTP_204_NO_CONTENT)


class Helpful(RatingView):
    """The signed-in user's vote that a rating helped. POST votes, and DELETE takes it back."""

    error_statuses = (409,)

    @extend_schema(request=None, responses={204: None})
    def post(self, request: Request, pk: int) -> Response:
        return self._set(request, pk, is_on=True)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, pk: int) -> Response:
        return self._set(request, pk, is_on=False)

    def _set(self, request: Request, pk: int, *, is_on: bool) -> Response:
        rating = find_visible_rating(pk, request.user)
        try:
            set_vote(user=signed_in_user(request), rating=rating, is_on=is_on, now=timezone.now())
        except VoteRefused as refusal:
            raise Conflict(str(refusal)) from refusal
        return Response(status=status.HTTP_204_NO_CONTENT)


def _content_of(rating: Rating) -> RatingContent:
    return RatingContent(rating.stars, rating.words, rating.author_name)


def _describe(saved: SavedRating) -> dict[str, Any]:
    """Return a stored rating as the API shows it to its author."""
    rating = for_readers(Rating.objects.all(), saved.rating.user).get(pk=saved.rating.pk)
    body = {"rating": rating, "notices": explain_saved(saved)}
    return dict(SavedRatingSerializer(body, context={"user_id": rating.user_id}).data)
