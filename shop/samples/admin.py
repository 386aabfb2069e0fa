"""Admin page of samples. Staff answer the requests for products of the house; merchants answer theirs."""

from collections import Counter

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.access import signed_in_user
from accounts.confirmed_actions import Answer, AskingActions, Question
from accounts.readonly_admin import ReadOnlyAdmin
from catalog.models import HOUSE_ID
from creators.models import Sample, SampleState
from creators.samples import SampleRefused
from shop.samples.answers import answer_request

SEND = _("Send these samples")
DECLINE = _("Decline these requests")


def answerable(samples: QuerySet[Sample]) -> list[Sample]:
    """Return the requests that staff answer: those for products of the house that nobody has answered."""
    chosen = samples.filter(merchant=HOUSE_ID, state=SampleState.REQUESTED)
    return list(chosen.select_related("creator__user", "variant__product", "merchant").order_by("pk"))


@admin.register(Sample)
class SampleAdmin(ReadOnlyAdmin, AskingActions[Sample]):
    list_display = ["__str__", "merchant", "state", "requested_at", "due_on", "clip_code"]
    list_filter = ["state"]
    list_select_related = ["creator", "variant__product", "merchant"]
    search_fields = ["creator__handle", "clip_code"]
    search_help_text = _("Handle or clip")
    ordering = ["-requested_at", "-pk"]
    fields = ["creator", "variant", "merchant", "state", "plan", "reason", "requested_at", "decided_at", "decided_by"]
    fields += ["due_on", "clip_code"]
    actions = ["send_samples", "decline_requests"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Sample]:
        return super().get_queryset(request).select_related("creator", "variant__product", "merchant", "decided_by")

    def has_answer_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("creators.change_sample")

    @admin.action(permissions=["answer"], description=SEND)
    def send_samples(self, request: HttpRequest, samples: QuerySet[Sample]) -> HttpResponse | None:
        text = _("An order of zero is placed for each, to be packed. The creator gets an email.")
        rows = self._name(samples)
        return self._ask_and_answer(request, samples, Question("send_samples", str(SEND), str(text), rows))

    @admin.action(permissions=["answer"], description=DECLINE)
    def decline_requests(self, request: HttpRequest, samples: QuerySet[Sample]) -> HttpResponse | None:
        text, help_text = _("Each creator gets an email with the reason."), _("The creators read it.")
        rows = self._name(samples)
        question = Question(
            "decline_requests", str(DECLINE), str(text), rows, needs_reason=True, reason_help=str(help_text)
        )
        return self._ask_and_answer(request, samples, question)

    def _name(self, samples: QuerySet[Sample]) -> list[str]:
        return [str(sample) for sample in answerable(samples)]

    def _ask_and_answer(
        self, request: HttpRequest, samples: QuerySet[Sample], question: Question
    ) -> HttpResponse | None:
        chosen = answerable(samples)
        others = samples.count() - len(chosen)
        skipped = Counter({str(_("answered already, or the merchant's to answer")): others} if others else {})
        answer = self.ask(request, question, skipped)
        if not isinstance(answer, Answer):
            return answer
        done = 0
        for sample in chosen:
            try:
                approves = question.action == "send_samples"
                answer_request(
                    sample=sample, user=signed_in_user(request), approves=approves, reason=answer.reason[:300]
                )
                done += 1
            except SampleRefused as refusal:
                messages.error(request, f"{sample}: {refusal}")
        sentence = ngettext("%(count)d request was answered.", "%(count)d requests were answered.", done)
        self.message_user(request, sentence % {"count": done}, messages.SUCCESS if done else messages.WARNING)
        return None
