"""The upload form. An error in one field never discards text or files that the creator entered in other fields."""

from collections.abc import Iterable, Sequence

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from creators.access import creator_required
from creators.models import Creator, Enrolment
from creators.suspensions import refuse_suspended
from videos.intake.errors import IntakeError
from videos.intake.handlers import uploaded_file
from videos.intake.originals import receive_file
from videos.models import Clip, Medium
from videos.models.clip import NotEditable, is_code, new_code
from videos.playback.sources import read_playback
from videos.states import EDITABLE, REVISABLE, ClipState
from videos.studio.drafts import begin_draft, save_content
from videos.studio.edits import ClipEditor
from videos.studio.photo_edits import PhotoEditor
from videos.studio.submission import Incomplete, NotSubmittable, submit_content
from videos.studio.unfinished import UnfinishedUpload, list_unfinished
from videos.studio.unpaid_posts import find_film_refusal
from videos.tasks import enqueue_processing
from videos.views.photos import receive_photo_form, show_photo_form


@require_http_methods(["GET", "HEAD", "POST"])
@creator_required
def upload_page(request: HttpRequest, creator: Creator) -> HttpResponse:
    if request.method == "POST":
        code = request.POST.get("code", "")
        clip = begin_draft(creator=creator, code=code if is_code(code) else new_code())
        return _receive_form(request, creator, clip)
    continued = request.GET.get("continue", "")
    if is_code(continued) and (unfinished := list_unfinished(creator.pk, now=timezone.now(), clip_code=continued)):
        if unfinished[0].has_clip:
            return redirect("edit-clip", continued)
        if unfinished[0].is_resumable:
            return _show(request, ClipEditor(creator), code=continued, unfinished=unfinished)
    enrolments = Enrolment.objects.filter(creator=creator, campaign__slug=request.GET.get("campaign", ""))
    editor = ClipEditor(creator, initial={"campaign": enrolments.values_list("pk", flat=True).first()})
    drafts = Clip.objects.filter(creator=creator, medium=Medium.FILM, state=ClipState.DRAFT).exclude(
        caption="", source=None
    )
    unfinished = list_unfinished(creator.pk, now=timezone.now())
    return _show(request, editor, code=new_code(), drafts=drafts.order_by("-updated_at")[:3], unfinished=unfinished)


@require_http_methods(["GET", "HEAD", "POST"])
@creator_required
def edit_page(request: HttpRequest, creator: Creator, code: str) -> HttpResponse:
    clip = get_object_or_404(Clip.objects.select_related("source"), creator=creator, code=code)
    if clip.state not in EDITABLE | REVISABLE:
        return redirect("studio-clip", code)
    if clip.is_photos:
        return _edit_photos(request, creator, clip)
    if request.method == "POST":
        return _receive_form(request, creator, clip)
    return _show(request, ClipEditor(creator, clip), code=code, unfinished=_unfinished_of(clip))


def _edit_photos(request: HttpRequest, creator: Creator, clip: Clip) -> HttpResponse:
    if request.method == "POST":
        return receive_photo_form(request, creator, clip)
    return show_photo_form(request, PhotoEditor(creator, clip), code=clip.code)


def _receive_form(request: HttpRequest, creator: Creator, clip: Clip) -> HttpResponse:
    with transaction.atomic():
        refuse_suspended(creator.pk)  # before the form is checked, and again when it is saved
    if clip.is_photos or clip.state not in EDITABLE | REVISABLE:
        return redirect("studio-clip", clip.code)  # the creator clicked Submit twice
    editor = ClipEditor(creator, clip, data=request.POST, files=request.FILES)
    if "autosave" in request.POST:
        return _autosave(clip, editor)
    status = 422
    try:
        _receive_file(request, clip)
    except IntakeError as error:
        status = error.status_code
        editor.add_problems({"file": [str(error)]})
    if editor.is_valid() and not editor.problems:
        try:
            return _save(request, clip, editor)
        except Incomplete as incomplete:
            editor.add_problems(incomplete.problems)
        except (NotEditable, NotSubmittable):
            return redirect("studio-clip", clip.code)
    try:
        clip.refresh_from_db()
    except Clip.DoesNotExist as error:  # its creator deleted it meanwhile
        raise Http404 from error
    return _show(request, editor, code=clip.code, status=status, unfinished=_unfinished_of(clip))


def _unfinished_of(clip: Clip) -> list[UnfinishedUpload]:
    return list_unfinished(clip.creator_id, now=timezone.now(), clip_code=clip.code)


def _autosave(clip: Clip, editor: ClipEditor) -> HttpResponse:
    """Save the valid fields of an unfinished form. The response is 204, or 409 if the clip can no longer be edited."""
    editor.is_valid()
    try:
        save_content(clip=clip, content=editor.content(), enrolment=editor.enrolment or clip.enrolment)
    except NotEditable:
        return HttpResponse(status=409)
    return HttpResponse(status=204)


def _save(request: HttpRequest, clip: Clip, editor: ClipEditor) -> HttpResponse:
    content, enrolment = editor.content(), editor.enrolment
    if "keep" in request.POST and clip.state in EDITABLE:
        save_content(clip=clip, content=content, enrolment=enrolment)
        messages.success(request, _("Draft saved."))
    else:
        submit_content(clip=clip, content=content, enrolment=enrolment, now=timezone.now())
        messages.success(request, _("Submitted. Thank you!"))
    return redirect("studio-clip", clip.code)


def _receive_file(request: HttpRequest, clip: Clip) -> None:
    """Attach the uploaded file to the clip and start processing it. Do nothing without a file. Raises IntakeError."""
    file = uploaded_file(request, "file")
    if file is not None:
        receive_file(clip=clip, file=file, now=timezone.now())
        enqueue_processing()  # processing can start even if another field has an error


def _show(
    request: HttpRequest,
    editor: ClipEditor,
    *,
    code: str,
    unfinished: Sequence[UnfinishedUpload],
    status: int = 200,
    drafts: Iterable[Clip] = (),
) -> HttpResponse:
    clip = editor.clip
    context = {
        "editor": editor,
        "form": editor.form,
        "code": code,
        "clip": clip,
        "drafts": drafts,
        "unfinished": unfinished,
        "source": clip.source if clip else None,
        "playback": read_playback(clip.source, clip) if clip and clip.source else None,
        "is_revision": clip is not None and clip.state in REVISABLE,
        "is_optional": not find_film_refusal(editor.creator, now=timezone.now()),
    }
    return render(request, "studio/upload.html", context, status=status)
