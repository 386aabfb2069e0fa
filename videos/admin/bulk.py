"""The desk's pages for a decision on many clips: the question before it, and the one before it is undone."""

from collections import Counter
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from accounts.keys import parse_keys
from catalog.prices import format_money
from creators.models import Slot
from creators.slots import GRACE_PERIOD
from videos.admin.access import moderator_of, page_context, wants_json
from videos.admin.forms import BulkForm
from videos.models import Decision, DecisionAction, Revision
from videos.review.decisions import decide_many, decided_together
from videos.review.grace import UndoRefused, check_undoable, undo_decision


@require_POST
def bulk_page(request: HttpRequest) -> HttpResponse:
    """Ask about the selected clips, and make the same decision on each of them once it is confirmed."""
    moderator, form = moderator_of(request), BulkForm(request.POST)
    queue = reverse("admin:videos_desk") + f"?{request.GET.urlencode()}"
    keys = parse_keys(request.POST.getlist("revision"))
    revisions = list(
        Revision.objects.filter(pk__in=keys).select_related("clip__creator").order_by("submitted_at", "pk")
    )
    if not revisions:
        messages.error(request, _("Select clips, an action and a reason."))
        return HttpResponseRedirect(queue)
    if not form.is_valid() or "confirmed" not in request.POST:
        context = page_context(request, _("Decide on all selected clips")) | {
            "revisions": revisions,
            "form": form,
            "queue": queue,
            "consequence": _describe_consequence(form, revisions),
            "grace_period": GRACE_PERIOD,
        }
        return render(request, "admin/videos/desk/bulk.html", context, status=422 if form.errors else 200)
    done = decide_many(revisions=revisions, moderator=moderator, choice=form.choice(), now=timezone.now())
    for sentence in done.refusals:
        messages.error(request, sentence)
    count = len(done.decisions)
    words = ngettext("%(count)d clip decided.", "%(count)d clips decided.", count) % {"count": count}
    if done.decisions:
        messages.success(request, with_undo(words, done.decisions[0]))
    return HttpResponseRedirect(queue)


@require_http_methods(["GET", "HEAD", "POST"])
def undo_page(request: HttpRequest, decision_id: int) -> HttpResponse:
    """Ask, and undo a decision on POST, together with those on other clips that were made at once with it.

    The desk's script undoes one decision without a page, and gets JSON.
    """
    moderator, now = moderator_of(request), timezone.now()
    decision = get_object_or_404(Decision, pk=decision_id)
    if wants_json(request):
        return _undo_for_script(request, decision)
    decisions = list(decided_together(decision).select_related("clip__creator"))
    try:
        check_undoable(decision, moderator, now)
    except UndoRefused as refusal:
        messages.error(request, str(refusal))
        return redirect("admin:videos_desk")
    if request.method != "POST":
        context = page_context(request, _("Undo")) | {"decision": decision, "decisions": decisions}
        return render(request, "admin/videos/desk/undo.html", context)
    undone = 0
    for each in decisions:
        try:
            undo_decision(decision_id=each.pk, moderator=moderator, now=now)
        except UndoRefused as refusal:
            messages.error(request, f"{each.clip.code}: {refusal}")
        else:
            undone += 1
    if undone:
        words = ngettext("%(count)d decision undone.", "%(count)d decisions undone.", undone)
        messages.success(request, words % {"count": undone})
    return redirect("admin:videos_review", decision.clip.code) if len(decisions) == 1 else redirect("admin:videos_desk")


def with_undo(sentence: str, decision: Decision) -> SafeString:
    """Return a message with a link to the page that undoes the decision."""
    return format_html('{} <a href="{}">{}</a>', sentence, undo_address(decision), _("Undo"))


def undo_address(decision: Decision) -> str:
    return reverse("admin:videos_desk_undo", args=[decision.pk])


def _undo_for_script(request: HttpRequest, decision: Decision) -> HttpResponse:
    if request.method != "POST":
        return HttpResponse(status=405)
    try:
        clip = undo_decision(decision_id=decision.pk, moderator=moderator_of(request), now=timezone.now())
    except UndoRefused as refusal:
        return JsonResponse({"detail": str(refusal)}, status=409)
    return JsonResponse({"detail": _("Undone."), "address": reverse("admin:videos_review", args=[clip.code])})


def _describe_consequence(form: BulkForm, revisions: list[Revision]) -> str:
    """Return what becomes of the slots of the clips: what is paid for, released, or stays held. "" without a decision."""
    held = Slot.objects.held().filter(clip_code__in=[revision.clip.code for revision in revisions])
    fees: Counter[str] = Counter()
    for fee_minor, currency in held.values_list("fee_minor", "currency"):
        fees[currency] += fee_minor
    values: dict[str, Any] = {
        "count": held.count(),
        "amount": " + ".join(format_money(fees[currency], currency) for currency in sorted(fees)),
    }
    match form.cleaned_data.get("action") if values["count"] else None:
        case DecisionAction.APPROVE:
            words = ngettext("%(amount)s is paid for it.", "%(amount)s is paid for them.", len(revisions))
        case DecisionAction.REQUEST_CHANGES:
            words = ngettext("%(count)d slot stays held.", "%(count)d slots stay held.", values["count"])
        case DecisionAction.REJECT:
            words = ngettext(
                "%(count)d slot is released: %(amount)s is not paid.",
                "%(count)d slots are released: %(amount)s are not paid.",
                values["count"],
            )
        case _:
            return _("Nothing is paid.") if form.cleaned_data.get("action") else ""
    return words % values
