"""Clip endpoints: list, create, change, upload, submit, withdraw, appeal and status."""

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.generics import GenericAPIView, ListAPIView
from rest_framework.parsers import MultiPartParser
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access import signed_in_user
from accounts.api_errors import Conflict, Unprocessable
from accounts.idempotency import IDEMPOTENCY_KEY_HEADER, KeyReused, do_once, idempotent, read_key
from accounts.pagination import NewestFirst
from creators.api import require_creator
from videos.api.errors import IntakeErrorsMixin
from videos.api.sent_clips import SentClipSerializer
from videos.api.serializers import ClipSerializer, OwnClipSerializer, StatusSerializer
from videos.intake.errors import UploadBusy
from videos.intake.handlers import uploaded_file
from videos.intake.originals import receive_file
from videos.models import Clip
from videos.models.clip import NotEditable, is_code, new_code
from videos.review.appeals import NotAppealable, appeal_decision
from videos.states import REVISABLE
from videos.studio.deletion import NotDeletable, delete_draft
from videos.studio.drafts import begin_draft, save_content
from videos.studio.status import read_status
from videos.studio.submission import (
    Incomplete,
    NotSubmittable,
    NotWithdrawable,
    revise_clip,
    submit_clip,
    withdraw_clip,
)
from videos.tasks import enqueue_processing


def own_clips(request: Request) -> QuerySet[Clip]:
    """Return the caller's own clips, with all related rows that `OwnClipSerializer` needs."""
    clips = Clip.objects.owned_by(signed_in_user(request)).with_tags().with_photos()
    clips = clips.prefetch_related("decisions__reason")
    return clips.select_related("creator", "source", "enrolment__campaign")


class ClipList(ListAPIView[Clip]):
    """The caller's own clips, newest first. POST creates a draft."""

    permission_classes = [IsAuthenticated]
    serializer_class = OwnClipSerializer
    pagination_class = NewestFirst
    throttle_scope = "write"
    queryset = Clip.objects.none()

    def get_queryset(self) -> QuerySet[Clip]:
        return own_clips(self.request)

    @extend_schema(request=SentClipSerializer, responses={201: OwnClipSerializer}, parameters=[IDEMPOTENCY_KEY_HEADER])
    def post(self, request: Request) -> Response:
        creator = require_creator(request)
        sent = SentClipSerializer(data=request.data, context={"creator": creator})
        sent.is_valid(raise_exception=True)

        def create() -> str:
            clip = begin_draft(creator=creator, code=new_code(), medium=sent.validated_data["medium"])
            enrolment = sent.validated_data.get("campaign")
            save_content(clip=clip, content=sent.content_for(clip), enrolment=enrolment)
            return clip.code

        key = read_key(request) or new_code()
        try:
            code = do_once(owner=f"clips of creator {creator.pk}", key=key, content=request.data, make=create)
        except KeyReused as refusal:
            raise Unprocessable(str(refusal)) from refusal
        return _own_clip_response(self, code, status=201)


class ClipDetail(GenericAPIView[Clip]):
    """One clip: a published clip, or one of the caller's own in any state.

    PATCH changes the caller's own clip. DELETE deletes a draft about which no moderator has decided, with the unfinished
    uploads for it.
    """

    error_statuses = (409,)
    serializer_class = ClipSerializer
    throttle_scope = "write"

    @extend_schema(responses=ClipSerializer)
    def get(self, request: Request, code: str) -> Response:
        if request.user.is_authenticated and (own := own_clips(request).filter(code=code).first()):
            return Response(OwnClipSerializer(own, context=self.get_serializer_context()).data)
        clips = Clip.objects.shown_to(request.user).with_tags().with_photos()
        clip = get_object_or_404(clips.select_related("creator", "source"), code=code)
        return Response(ClipSerializer(clip, context=self.get_serializer_context()).data)

    @extend_schema(request=SentClipSerializer, responses=OwnClipSerializer)
    def patch(self, request: Request, code: str) -> Response:
        clip = find_own_clip(request, code)
        sent = SentClipSerializer(data=request.data, partial=True, context={"creator": clip.creator, "clip": clip})
        sent.is_valid(raise_exception=True)
        content = sent.content_for(clip)
        try:
            if clip.state in REVISABLE:
                revise_clip(clip_id=clip.pk, content=content, now=timezone.now())
            else:
                enrolment = sent.validated_data.get("campaign", clip.enrolment)
                save_content(clip=clip, content=content, enrolment=enrolment)
        except (NotEditable, NotSubmittable) as refusal:
            raise Conflict(str(refusal)) from refusal
        except Incomplete as incomplete:
            raise ValidationError(incomplete.problems) from incomplete
        return _own_clip_response(self, code)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, code: str) -> Response:
        try:
            delete_draft(clip_id=find_own_clip(request, code).pk, now=timezone.now())
        except (NotDeletable, UploadBusy) as refusal:
            raise Conflict(str(refusal)) from refusal
        return Response(status=204)


class ClipFile(IntakeErrorsMixin, GenericAPIView[Clip]):
    """The video file of a draft. PUT creates the draft if the code is unused, so the request can safely be repeated."""

    error_statuses = (409, 413, 422, 507)
    permission_classes = [IsAuthenticated]
    parser_classes = [MultiPartParser]
    serializer_class = StatusSerializer
    throttle_scope = "write"

    class SentFile(serializers.Serializer[Any]):
        file = serializers.FileField()

    @extend_schema(request={"multipart/form-data": SentFile}, responses=StatusSerializer)
    def put(self, request: Request, code: str) -> Response:
        creator = require_creator(request)
        owner = Clip.objects.filter(code=code).values_list("creator_id", flat=True).first()
        if owner != creator.pk and (owner is not None or not is_code(code)):
            raise NotFound
        file = uploaded_file(request, "file")
        if file is None:
            raise ValidationError({"file": [_("Choose a video file.")]})
        clip = begin_draft(creator=creator, code=code)
        receive_file(clip=clip, file=file, now=timezone.now())
        clip.refresh_from_db()
        enqueue_processing()
        return Response(StatusSerializer(read_status(clip)).data)


class ClipStatus(APIView):
    """The status of one of the caller's clips."""

    permission_classes = [IsAuthenticated]

    @extend_schema(responses=StatusSerializer)
    def get(self, request: Request, code: str) -> Response:
        return Response(StatusSerializer(read_status(find_own_clip(request, code))).data)


class ClipSubmit(GenericAPIView[Clip]):
    """Submission of a draft or a changed clip. POST holds a slot in the campaign and queues the file for processing."""

    error_statuses = (409, 422)
    permission_classes = [IsAuthenticated]
    serializer_class = OwnClipSerializer
    throttle_scope = "write"

    @extend_schema(request=None, parameters=[IDEMPOTENCY_KEY_HEADER])
    @idempotent
    def post(self, request: Request, code: str) -> Response:
        try:
            submit_clip(clip_id=find_own_clip(request, code).pk, now=timezone.now())
        except NotSubmittable as refusal:
            raise Conflict(str(refusal)) from refusal
        except Incomplete as incomplete:
            raise Unprocessable(incomplete.problems) from incomplete
        enqueue_processing()
        return _own_clip_response(self, code)


class ClipWithdraw(GenericAPIView[Clip]):
    """Withdrawal of a clip before a decision. POST also releases its slot."""

    error_statuses = (409,)
    permission_classes = [IsAuthenticated]
    serializer_class = OwnClipSerializer
    throttle_scope = "write"

    @extend_schema(request=None, parameters=[IDEMPOTENCY_KEY_HEADER])
    @idempotent
    def post(self, request: Request, code: str) -> Response:
        try:
            withdraw_clip(clip_id=find_own_clip(request, code).pk, now=timezone.now())
        except NotWithdrawable as refusal:
            raise Conflict(str(refusal)) from refusal
        return _own_clip_response(self, code)


class ClipAppeal(GenericAPIView[Clip]):
    """An appeal against a rejection or take-down, once per decision. Another moderator reviews the clip."""

    error_statuses = (409,)
    permission_classes = [IsAuthenticated]
    serializer_class = OwnClipSerializer
    throttle_scope = "write"

    class SentAppeal(serializers.Serializer[Any]):
        words = serializers.CharField(max_length=1000)

    @extend_schema(request=SentAppeal, parameters=[IDEMPOTENCY_KEY_HEADER])
    @idempotent
    def post(self, request: Request, code: str) -> Response:
        clip = find_own_clip(request, code)
        body = self.SentAppeal(data=request.data)
        body.is_valid(raise_exception=True)
        try:
            appeal_decision(clip_id=clip.pk, words=body.validated_data["words"], now=timezone.now())
        except NotAppealable as refusal:
            raise Conflict(str(refusal)) from refusal
        return _own_clip_response(self, code)


def find_own_clip(request: Request, code: str) -> Clip:
    """Return the caller's own clip with this code. Raises Http404 if there is none."""
    return get_object_or_404(own_clips(request), code=code)


def _own_clip_response(view: GenericAPIView[Clip], code: str, *, status: int = 200) -> Response:
    clip = find_own_clip(view.request, code)  # a repeated request may come after its deletion
    return Response(OwnClipSerializer(clip, context=view.get_serializer_context()).data, status=status)
