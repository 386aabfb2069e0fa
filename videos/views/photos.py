"""The form of photo posts. A picture that can't be used discards neither the others nor what was entered."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.picture_rules import ACCEPT, PictureRefused
from creators.access import creator_required
from creators.models import Creator, Enrolment
from creators.suspensions import refuse_suspended
from videos.intake.errors import IntakeError
from videos.intake.handlers import uploaded_file
from videos.intake.photos import add_photo
from videos.models import Clip, Medium, Photo
from videos.models.clip import NotEditable, is_code, new_code
from videos.states import EDITABLE, REVISABLE
from videos.studio.drafts import begin_draft, save_content
from videos.studio.photo_edits import PhotoEditor
from videos.studio.submission import Incomplete, NotSubmittable, submit_content


@require_http_methods(["GET", "HEAD", "POST"])
@creator_required
def new_photos_page(request: HttpRequest, creator: Creator) -> HttpResponse:
    if request.method == "POST":
        code = request.POST.get("code", "")
        clip = begin_draft(creator=creator, code=code if is_code(code) else new_code(), medium=Medium.PHOTOS)
        return receive_photo_form(request, creator, clip)
    enrolments = Enrolment.objects.filter(creator=creator, campaign__slug=request.GET.get("campaign", ""))
    editor = PhotoEditor(creator, campaign=enrolments.values_list("pk", flat=True).first())
    return show_photo_form(request, editor, code=new_code())


def receive_photo_form(request: HttpRequest, creator: Creator, clip: Clip) -> HttpResponse:
    """Store the pictures that were sent, and save or submit the post. The caller has found it to be the creator's."""
    with transaction.atomic():
        refuse_suspended(creator.pk)  # before the form is checked, and again when it is saved
    if clip.state not in EDITABLE | REVISABLE or not clip.is_photos:
        return redirect("studio-clip", clip.code)  # the creator clicked Submit twice
    try:
        refusals = [] if "autosave" in request.POST else _add_pictures(request, clip)
        editor = PhotoEditor(creator, clip, data=request.POST)
        is_valid = editor.is_valid()
        if "autosave" in request.POST:
            save_content(clip=clip, content=editor.content(), enrolment=editor.enrolment)
            return HttpResponse(status=204)
        editor.add_problems({"pictures": refusals} if refusals else {})
        if is_valid and not refusals:
            return _save(request, clip, editor)
        if clip.state in EDITABLE:
            save_content(clip=clip, content=editor.content(), enrolment=editor.enrolment)
    except Incomplete as incomplete:
        editor.add_problems(incomplete.problems)
    except (NotEditable, NotSubmittable):
        return HttpResponse(status=409) if "autosave" in request.POST else redirect("studio-clip", clip.code)
    try:
        clip.refresh_from_db()
    except Clip.DoesNotExist as error:  # its creator deleted it meanwhile
        raise Http404 from error
    return show_photo_form(request, editor, code=clip.code, status=422)


def show_photo_form(request: HttpRequest, editor: PhotoEditor, *, code: str, status: int = 200) -> HttpResponse:
    clip = editor.clip
    context: dict[str, Any] = {
        "editor": editor,
        "form": editor.form,
        "code": code,
        "clip": clip,
        "accept": ACCEPT,
        "most": Photo.MAX_PER_POST,
        "takes_photos": clip is None or clip.state in EDITABLE,
        "is_revision": clip is not None and clip.state in REVISABLE,
    }
    return render(request, "studio/photos.html", context, status=status)


def _add_pictures(request: HttpRequest, clip: Clip) -> Sequence[str]:
    """Append the pictures that were sent, and return a sentence for each that was refused. Raises NotEditable."""
    files, refusals = request.FILES.getlist("pictures"), []
    try:
        uploaded_file(request, "pictures")
    except IntakeError as refusal:  # an upload handler dropped some of them
        refusals.append(str(refusal))
    for number, file in enumerate(files, 1):
        try:
            add_photo(clip=clip, file=file, now=timezone.now())
        except PictureRefused as refusal:
            name = _("Picture %(number)d of %(count)d:") % {"number": number, "count": len(files)}
            refusals.append(f"{name} {refusal}")
    return refusals


def _save(request: HttpRequest, clip: Clip, editor: PhotoEditor) -> HttpResponse:
    content, enrolment = editor.content(), editor.enrolment
    if clip.state in EDITABLE and ("keep" in request.POST or "add" in request.POST):
        save_content(clip=clip, content=content, enrolment=enrolment)
        messages.success(request, _("Draft saved."))
        return redirect("edit-clip" if "add" in request.POST else "studio-clip", clip.code)
    submit_content(clip=clip, content=content, enrolment=enrolment, now=timezone.now())
    messages.success(request, _("Submitted. Thank you!"))
    return redirect("studio-clip", clip.code)
