"""The upload form: nothing that was typed or sent is lost, whatever is wrong with the rest."""

from collections.abc import Iterable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from creators.access import creator_required
from creators.models import Creator, Enrolment
from videos.intake.disk import DiskFull
from videos.intake.handlers import had_no_room, was_too_large
from videos.intake.originals import store_upload
from videos.intake.quota import UploadRefused, too_large_sentence
from videos.models import Clip
from videos.models.clip import is_code, new_code
from videos.playback.sources import read_playback
from videos.ringing import ring_for
from videos.states import EDITABLE, REVISABLE, ClipState
from videos.studio.drafts import NotEditable, attach_source, save_content, start_draft
from videos.studio.edits import ClipEditor
from videos.studio.submission import Incomplete, NotSubmittable, submit_content


@require_http_methods(["GET", "HEAD", "POST"])
@creator_required
def upload_page(request: HttpRequest, creator: Creator) -> HttpResponse:
    if request.method == "POST":
        sent = request.POST.get("code", "")
        return _receive(request, creator, start_draft(creator=creator, code=sent if is_code(sent) else new_code()))
    asked = Enrolment.objects.filter(creator=creator, campaign__slug=request.GET.get("campaign", ""))
    initial = {"campaign": asked.values_list("pk", flat=True).first()}
    begun = Clip.objects.filter(creator=creator, state=ClipState.DRAFT).exclude(caption="", source=None)
    return _show(
        request, ClipEditor(creator, initial=initial), code=new_code(), begun=begun.order_by("-updated_at")[:3]
    )


@require_http_methods(["GET", "HEAD", "POST"])
@creator_required
def edit_page(request: HttpRequest, creator: Creator, code: str) -> HttpResponse:
    clip = get_object_or_404(Clip.objects.select_related("source"), creator=creator, code=code)
    if clip.state not in EDITABLE | REVISABLE:
        return redirect("studio-clip", code)
    if request.method == "POST":
        return _receive(request, creator, clip)
    return _show(request, ClipEditor(creator, clip), code=code)


def _receive(request: HttpRequest, creator: Creator, clip: Clip) -> HttpResponse:
    if clip.state not in EDITABLE | REVISABLE:
        return redirect("studio-clip", clip.code)  # the second of two clicks
    editor = ClipEditor(creator, clip, data=request.POST, files=request.FILES)
    if "autosave" in request.POST:
        return _keep_typed(clip, editor)
    status = 422
    try:
        if refusal := _keep_file(request, creator, clip):
            editor.add_problems({"file": [refusal]})
    except DiskFull as refusal:
        status = 507
        editor.add_problems({"file": [str(refusal)]})
    if editor.is_valid() and not editor.problems:
        try:
            return _save(request, clip, editor)
        except Incomplete as incomplete:
            editor.add_problems(incomplete.problems)
        except (NotEditable, NotSubmittable):
            return redirect("studio-clip", clip.code)
    clip.refresh_from_db()
    return _show(request, editor, code=clip.code, status=status)


def _keep_typed(clip: Clip, editor: ClipEditor) -> HttpResponse:
    """Keep what is whole of a form that is still being typed; 409 when the clip was submitted meanwhile."""
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
        messages.success(request, _("Kept as a draft."))
    else:
        submit_content(clip=clip, content=content, enrolment=enrolment, now=timezone.now())
        messages.success(request, _("Submitted. Thank you!"))
    return redirect("studio-clip", clip.code)


def _keep_file(request: HttpRequest, creator: Creator, clip: Clip) -> str:
    """Store a file that came with the form and make it the clip's; return a sentence when it is refused.

    Raises DiskFull.
    """
    if was_too_large(request, "file"):
        return too_large_sentence()
    if had_no_room(request, "file"):
        raise DiskFull
    upload = request.FILES.get("file")
    if upload is None:
        return ""
    try:
        attach_source(clip=clip, source=store_upload(creator=creator, upload=upload, now=timezone.now()))
    except (UploadRefused, NotEditable) as refusal:
        return str(refusal)
    ring_for(clip.source)  # the file need not wait for the rest of the form
    return ""


def _show(
    request: HttpRequest, editor: ClipEditor, *, code: str, status: int = 200, begun: Iterable[Clip] = ()
) -> HttpResponse:
    clip = editor.clip
    context = {
        "editor": editor,
        "form": editor.form,
        "code": code,
        "clip": clip,
        "begun": begun,
        "source": clip.source if clip else None,
        "playback": read_playback(clip.source, clip) if clip and clip.source else None,
        "is_revision": clip is not None and clip.state in REVISABLE,
    }
    return render(request, "studio/upload.html", context, status=status)
