"""Studio pages: the list of the creator's clips, and one page for each clip."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from creators.access import creator_required
from creators.models import Creator, Slot
from videos.intake.errors import UploadBusy
from videos.intake.tus import cancel_upload
from videos.models import Clip, Upload
from videos.models.clip import is_code
from videos.playback.sources import read_playback
from videos.review.appeals import NotAppealable, appeal_decision
from videos.review.caption_rules import find_rule_violations
from videos.states import ClipState
from videos.studio.clip_list import list_clips
from videos.studio.deletion import NotDeletable, delete_draft
from videos.studio.forms import AppealForm
from videos.studio.status import allowed_actions, last_decision, read_status
from videos.studio.submission import NotWithdrawable, withdraw_clip
from videos.studio.unfinished import list_unfinished


@require_safe
@creator_required
def studio_page(request: HttpRequest, creator: Creator) -> HttpResponse:
    unfinished = list_unfinished(creator.pk, now=timezone.now())
    page, rows = list_clips(creator, page_number=request.GET.get("page"), unfinished=unfinished)
    context = {"creator": creator, "page": page, "rows": rows, "unfinished": unfinished}
    return render(request, "studio/clips.html", context)


@require_safe
@creator_required
def clip_page(request: HttpRequest, creator: Creator, code: str) -> HttpResponse:
    return _show(request, _find_clip(creator, code), AppealForm())


@require_POST
@creator_required
def withdraw_page(request: HttpRequest, creator: Creator, code: str) -> HttpResponse:
    clip = _find_clip(creator, code)
    try:
        withdraw_clip(clip_id=clip.pk, now=timezone.now())
    except NotWithdrawable as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _describe_withdrawal(clip))
    return redirect("studio-clip", code)


def _describe_withdrawal(clip: Clip) -> str:
    if Slot.objects.earned().filter(clip_code=clip.code).exists():
        return _(
            "Clip withdrawn. It is a draft again. Its fee stays yours, and submitting it again earns no second one."
        )
    if clip.enrolment is None:
        return _("Post withdrawn. It is a draft again.")
    return _("Clip withdrawn. It is a draft again, and its slot was released.")


@require_POST
@creator_required
def appeal_page(request: HttpRequest, creator: Creator, code: str) -> HttpResponse:
    clip, form = _find_clip(creator, code), AppealForm(request.POST)
    if not form.is_valid():
        return _show(request, clip, form, status=422)
    try:
        appeal_decision(clip_id=clip.pk, words=form.cleaned_data["words"], now=timezone.now())
    except NotAppealable as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Appeal sent. Another moderator will review it."))
    return redirect("studio-clip", code)


@require_POST
@creator_required
def delete_page(request: HttpRequest, creator: Creator, code: str) -> HttpResponse:
    clip = _find_clip(creator, code)
    try:
        delete_draft(clip_id=clip.pk, now=timezone.now())
    except (NotDeletable, UploadBusy) as refusal:
        messages.error(request, str(refusal))
        return redirect("studio-clip", code)
    messages.success(request, _("Draft deleted."))
    return redirect("studio")


@require_POST
@creator_required
def discard_page(request: HttpRequest, creator: Creator, code: str) -> HttpResponse:
    """Discard an unfinished upload, and go back to the form of the draft named in the field `clip`, or to the studio."""
    upload = get_object_or_404(Upload, creator=creator, code=code, has_arrived=False)
    try:
        if upload.source_id is None and upload.lost_bytes is None:
            cancel_upload(upload=upload, now=timezone.now())
    except UploadBusy as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Upload discarded."))
    clip_code = request.POST.get("clip", "")
    return redirect("edit-clip", clip_code) if is_code(clip_code) else redirect("studio")


def _find_clip(creator: Creator, code: str) -> Clip:
    clips = Clip.objects.with_tags().select_related("source", "enrolment__campaign", "enrolment__terms")
    return get_object_or_404(clips, creator=creator, code=code)


def _show(request: HttpRequest, clip: Clip, appeal_form: AppealForm, *, status: int = 200) -> HttpResponse:
    decision = last_decision(clip)
    context = {
        "clip": clip,
        "status": read_status(clip),
        "playback": read_playback(clip.source, clip),
        "decision": decision,
        "reason": decision.reason_in(request.LANGUAGE_CODE) if decision else "",
        "fix": decision.fix_in(request.LANGUAGE_CODE) if decision else "",
        "violations": find_rule_violations(clip) if clip.state == ClipState.CHANGES_REQUESTED else [],
        "actions": allowed_actions(clip, decision),
        "appeal_form": appeal_form,
        "history": clip.decisions.effective().select_related("revision", "reason").latest_first()[1:],
    }
    return render(request, "studio/clip.html", context, status=status)
