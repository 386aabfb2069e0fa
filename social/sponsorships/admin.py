"""Django admin for sponsorships: the queue of those to approve, pausing and ending, and refunds of large remainders."""

from collections import Counter
from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop, ngettext

from accounts.access import signed_in_user
from accounts.confirmed_actions import Answer, AskingActions, Question, Skipped
from accounts.proposals import ProposalRefused
from accounts.readonly_admin import ReadOnlyAdmin
from catalog.money_fields import money_column
from catalog.prices import format_money
from social.models import EndReason, PauseReason, Sponsorship, SponsorshipState
from social.sponsorships.bookings import SponsorshipRefused
from social.sponsorships.lifecycle import approve, end, pause, refuse, resume
from social.sponsorships.remainders import list_unrefunded, needs_second_person, propose_remainder

type Act = Callable[[Sponsorship, str], object]


@admin.register(Sponsorship)
class SponsorshipAdmin(ReadOnlyAdmin, AskingActions[Sponsorship]):
    actions = ["approve", "refuse", "pause", "resume", "end", "refund"]
    list_display = [
        "code",
        "clip",
        "sponsor",
        "state",
        "pause_reason",
        "budget",
        "bid",
        "spent",
        "starts_on",
        "ends_on",
    ]
    list_filter = ["state"]
    list_select_related = ["clip", "place"]
    search_fields = ["code", "sponsor", "payer", "clip__code"]
    ordering = ["-created_at", "-pk"]
    fields = [
        *("code", "post", "merchant", "sponsor", "payer", "booked_by", "state", "pause_reason", "end_reason"),
        *("refusal", "budget", "bid", "cap", "spent", "starts_on", "ends_on", "categories", "languages", "prepayment"),
        *("refund", "created_at", "submitted_at", "decided_by", "decided_at", "ended_at"),
    ]
    readonly_fields = ["post", "budget", "bid", "cap", "spent"]
    budget = money_column("budget_minor", _("budget"))
    bid = money_column("bid_minor", _("bid for a thousand views"))
    cap = money_column("daily_cap_minor", _("daily cap"))

    def has_decide_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("social.approve_sponsorship")

    def has_refund_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("shop.add_refund")

    @admin.display(description=_("spent"), ordering="place__spent_milli")
    def spent(self, sponsorship: Sponsorship) -> str:
        return format_money(sponsorship.spent_minor, sponsorship.currency)

    @admin.display(description=_("post"))
    def post(self, sponsorship: Sponsorship) -> SafeString:
        clip = sponsorship.clip
        return format_html('<a href="{}">{}</a>', clip.get_absolute_url(), clip.caption or clip.code)

    @admin.action(description=_("Approve"), permissions=["decide"])
    def approve(self, request: HttpRequest, sponsorships: QuerySet[Sponsorship]) -> HttpResponse | None:
        user = signed_in_user(request)
        question = Question("approve", str(_("Approve")), str(_("These posts are shown for money then.")), ())
        return self._act(
            request,
            sponsorships.filter(state=SponsorshipState.IN_REVIEW),
            question,
            lambda row, _reason: approve(sponsorship_id=row.pk, approved_by=user, now=timezone.now()),
            gettext_noop("Approved."),
        )

    @admin.action(description=_("Decline"), permissions=["decide"])
    def refuse(self, request: HttpRequest, sponsorships: QuerySet[Sponsorship]) -> HttpResponse | None:
        user = signed_in_user(request)
        text = _("These are not shown, and all that was paid is refunded.")
        question = Question("refuse", str(_("Decline")), str(text), (), True, str(_("The sponsor reads it.")))
        return self._act(
            request,
            sponsorships.filter(state=SponsorshipState.IN_REVIEW),
            question,
            lambda row, reason: refuse(sponsorship_id=row.pk, refused_by=user, reason=reason, now=timezone.now()),
            gettext_noop("Declined."),
        )

    @admin.action(description=_("Pause"), permissions=["decide"])
    def pause(self, request: HttpRequest, sponsorships: QuerySet[Sponsorship]) -> HttpResponse | None:
        question = Question("pause", str(_("Pause")), str(_("These are not shown until staff resume them.")), ())
        return self._act(
            request,
            sponsorships.filter(state=SponsorshipState.RUNNING),
            question,
            lambda row, _reason: pause(sponsorship_id=row.pk, reason=PauseReason.STAFF, now=timezone.now()),
            gettext_noop("Paused."),
        )

    @admin.action(description=_("Resume"), permissions=["decide"])
    def resume(self, request: HttpRequest, sponsorships: QuerySet[Sponsorship]) -> HttpResponse | None:
        question = Question("resume", str(_("Resume")), str(_("These are shown again.")), ())
        return self._act(
            request,
            sponsorships.filter(state=SponsorshipState.PAUSED, pause_reason=PauseReason.STAFF),
            question,
            lambda row, _reason: resume(sponsorship_id=row.pk, now=timezone.now()),
            gettext_noop("Resumed."),
        )

    @admin.action(description=_("End for good"), permissions=["decide"])
    def end(self, request: HttpRequest, sponsorships: QuerySet[Sponsorship]) -> HttpResponse | None:
        text = _("These are never shown again, and what is left of their budgets is refunded.")
        question = Question("end", str(_("End for good")), str(text), ())
        return self._act(
            request,
            sponsorships.exclude(state=SponsorshipState.DONE),
            question,
            lambda row, _reason: end(sponsorship_id=row.pk, reason=EndReason.STAFF, now=timezone.now()),
            gettext_noop("Ended."),
        )

    @admin.action(description=_("Propose the refund of what is left"), permissions=["refund"])
    def refund(self, request: HttpRequest, sponsorships: QuerySet[Sponsorship]) -> HttpResponse | None:
        """Propose refunds above the limit. Smaller ones are made without anybody's doing."""
        user = signed_in_user(request)
        text = _("A second person has to approve these refunds.")
        question = Question("refund", str(_("Propose the refund of what is left")), str(text), (), True)
        large = [row.pk for row in list_unrefunded() if needs_second_person(row)]
        return self._act(
            request,
            sponsorships.filter(pk__in=large),
            question,
            lambda row, reason: propose_remainder(sponsorship=row, user=user, reason=reason, now=timezone.now()),
            gettext_noop("Refund proposed."),
        )

    def _act(
        self,
        request: HttpRequest,
        fitting: QuerySet[Sponsorship],
        question: Question,
        act: Act,
        log_words: str,
    ) -> HttpResponse | None:
        """Ask, and do it with each of the sponsorships that are in a state for it. The others are left alone."""
        rows = list(fitting.select_related("clip", "place", "prepayment").order_by("pk"))
        skipped: Skipped = Counter()
        if others := len(request.POST.getlist("_selected_action")) - len(rows):
            skipped[str(_("It is in no state for this."))] += max(others, 0)
        shown = [f"{row.code} – {row.sponsor} – {format_money(row.budget_minor, row.currency)}" for row in rows]
        full_question = Question(
            question.action, question.title, question.text, shown, question.needs_reason, question.reason_help
        )
        answer = self.ask(request, full_question, +skipped)
        if not isinstance(answer, Answer):
            return answer
        changed = self._change(request, rows, act, answer.reason, skipped, log_words)
        if changed:
            done = ngettext("%(count)d sponsorship is changed.", "%(count)d sponsorships are changed.", changed)
            self.message_user(request, done % {"count": changed}, messages.SUCCESS)
        self.report_skipped(request, +skipped)
        return None

    def _change(
        self, request: HttpRequest, rows: list[Any], act: Act, reason: str, skipped: Skipped, log_words: str
    ) -> int:
        changed = 0
        for row in rows:
            try:
                act(row, reason)
            except (SponsorshipRefused, ProposalRefused) as refusal:
                skipped[f"{row.code}: {refusal}"] += 1
            else:
                changed += 1
                self.log_change(request, row, log_words)
        return changed
