"""Views of the review desk. They return HTML pages, or JSON for the desk's script."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from creators.slots import GRACE_PERIOD
from videos.admin.access import moderator_of, page_context, wants_json
from videos.admin.bulk import undo_address, with_undo
from videos.admin.forms import BulkForm, DecisionForm
from videos.models import AuditAction, Clip, Decision, ProductTag
from videos.models.desk import write_audit
from videos.playback.sources import read_playback
from videos.review.decisions import DecisionRefused, decide
from videos.review.desk.dossier import build_dossier
from videos.review.desk.metrics import read_metrics
from videos.review.desk.queue import (
    FILTERS,
    TABS,
    QueueFilter,
    apply_filter,
    count_options,
    count_tabs,
    next_clip,
    reviewable_by,
)
from videos.review.locks import acquire_lock, release_lock

ROWS = 25


@require_safe
def queue_page(request: HttpRequest) -> HttpResponse:
    moderator, now, queue_filter = moderator_of(request), timezone.now(), QueueFilter.read(request.GET)
    waiting = reviewable_by(moderator, now=now)
    clips = apply_filter(waiting, queue_filter)
    clips = clips.with_cover().select_related("creator", "source", "enrolment__campaign", "lock__moderator")
    tags = Prefetch("tags", ProductTag.objects.select_related("product", "photo"))
    counts, options = count_tabs(waiting), count_options(waiting, queue_filter)
    paginator = Paginator(clips.prefetch_related(tags, "flags"), ROWS)
    if not queue_filter.is_narrowed:
        paginator.count = counts[queue_filter.show]
    page = paginator.get_page(request.GET.get("page"))
    context = page_context(request, _("Review desk")) | {
        "page": page,
        "rows": [(clip, read_playback(clip.source, clip)) for clip in page],
        "tabs": [(name, label, counts[name]) for name, label in TABS.items()],
        "queue_filter": queue_filter,
        "filters": [(name, label, getattr(queue_filter, name), options[name]) for name, label in FILTERS.items()],
        "bulk": BulkForm(),
        "drifted_count": counts["drifted"],
        "now": now,
    }
    return render(request, "admin/videos/desk/queue.html", context)


@require_safe
def review_page(request: HttpRequest, code: str) -> HttpResponse:
    """Show one clip and acquire its lock.

    The desk's script prefetches the next clip by adding `peek` parameters to the URL. The response to a prefetch
    contains only the panel, and the clip is not locked.

    Each `peek` value is the code of a clip whose decision the browser is still sending. That clip is not offered as the
    next one.
    """
    response = _render_review(request, code)
    if response is None:
        raise Http404
    return response


def _render_review(request: HttpRequest, code: str, *, form: DecisionForm | None = None) -> HttpResponse | None:
    """Return the page, with what was entered in a refused form. Return None if there is nothing to review."""
    moderator, now = moderator_of(request), timezone.now()
    clips = (
        Clip.objects.with_tags()
        .with_photos()
        .select_related("creator__user", "source", "enrolment__campaign", "enrolment__terms")
    )
    clip = get_object_or_404(clips, code=code)
    is_peek = "peek" in request.GET
    if not is_peek and form is None:
        _open(clip, moderator)
    dossier = build_dossier(clip, moderator=moderator, now=now)
    if dossier is None:
        return None
    queue_filter = QueueFilter.read(request.GET)
    peeked = request.GET.getlist("peek")
    following = next_clip(moderator=moderator, after=clip, queue_filter=queue_filter, now=now, excluded_codes=peeked)
    # A prefetched panel needs no admin context, which would check the permissions for every model.
    base_context = {"query": request.GET.urlencode()} if is_peek else page_context(request, _("Review"))
    context = base_context | {
        "dossier": dossier,
        "clip": clip,
        "following": following,
        "is_own": clip.creator.user_id == moderator.pk,
        "grace_period": GRACE_PERIOD,
        "now": now,
        "form": form,
    }
    template = "panel" if is_peek else "review"
    return render(request, f"admin/videos/desk/{template}.html", context, status=422 if form else 200)


def _open(clip: Clip, moderator: User) -> None:
    now = timezone.now()
    acquire_lock(clip_id=clip.pk, moderator=moderator, now=now)
    write_audit(clip_id=clip.pk, moderator_id=moderator.pk, action=AuditAction.OPENED, at=now)


@require_POST
def lock_page(request: HttpRequest, code: str) -> HttpResponse:
    """Acquire, renew or release the clip's lock.

    The response is JSON. `locked_by` names the other moderator who has the clip open, or is null.
    """
    moderator, clip = moderator_of(request), get_object_or_404(Clip, code=code)
    if "left" in request.POST:
        release_lock(clip_id=clip.pk, moderator=moderator)
        return JsonResponse({"locked_by": None})
    if "opened" in request.POST:
        _open(clip, moderator)
    lock = acquire_lock(clip_id=clip.pk, moderator=moderator, now=timezone.now())
    return JsonResponse({"locked_by": str(lock.moderator) if lock else None})


@require_POST
def decide_page(request: HttpRequest, code: str) -> HttpResponse:
    moderator, now = moderator_of(request), timezone.now()
    clip = get_object_or_404(Clip, code=code)
    form = DecisionForm(request.POST, clip=clip)
    if not form.is_valid():
        sentences = (str(sentence) for errors in form.errors.values() for sentence in errors)
        return _refuse(request, clip, form, " ".join(sentences))
    try:
        decision = decide(moderator=moderator, now=now, **form.cleaned_data)
    except DecisionRefused as refusal:
        return _refuse(request, clip, form, str(refusal))
    return _confirm(request, decision, moderator)


def _refuse(request: HttpRequest, clip: Clip, form: DecisionForm, sentence: str) -> HttpResponse:
    if wants_json(request):
        return JsonResponse({"detail": sentence}, status=409)
    messages.error(request, sentence)
    return _render_review(request, clip.code, form=form) or redirect("admin:videos_review", clip.code)


def _confirm(request: HttpRequest, decision: Decision, moderator: User) -> HttpResponse:
    sentence = _("%(clip)s: %(outcome)s.") % {"clip": decision.clip.code, "outcome": decision.outcome}
    if wants_json(request):
        return JsonResponse({"detail": sentence, "undo": undo_address(decision)})
    messages.success(request, with_undo(sentence, decision))
    following = next_clip(
        moderator=moderator, after=decision.clip, queue_filter=QueueFilter.read(request.GET), now=timezone.now()
    )
    target = reverse("admin:videos_review", args=[following.code]) if following else reverse("admin:videos_desk")
    return HttpResponseRedirect(f"{target}?{request.GET.urlencode()}")


@require_safe
def next_page(request: HttpRequest) -> HttpResponse:
    """Redirect to the next clip that no other moderator has open, or to the queue if no clip is left."""
    moderator = moderator_of(request)
    after = Clip.objects.filter(code=request.GET.get("after", "")).first()
    following = next_clip(
        moderator=moderator, after=after, queue_filter=QueueFilter.read(request.GET), now=timezone.now()
    )
    if following is None:
        messages.info(request, _("No more clips to review."))
        return redirect("admin:videos_desk")
    return HttpResponseRedirect(reverse("admin:videos_review", args=[following.code]) + f"?{request.GET.urlencode()}")


@require_safe
def metrics_page(request: HttpRequest) -> HttpResponse:
    moderator_of(request)
    context = page_context(request, _("Review metrics")) | {"metrics": read_metrics(now=timezone.now())}
    return render(request, "admin/videos/desk/metrics.html", context)
