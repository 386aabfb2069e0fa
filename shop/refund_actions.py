"""Actions of the list of refunds in Django admin: answer return requests, and deal with refunds that failed."""

from collections import Counter
from collections.abc import Callable, Iterable
from functools import partial

from django.contrib import admin, messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop, ngettext

from accounts.access import signed_in_user
from accounts.confirmed_actions import Answer, AskingActions, Question, Skipped
from accounts.history import history_line
from accounts.lists import join_list
from accounts.models import Proposal
from accounts.proposals import ProposalRefused
from catalog.prices import format_money
from shop.delivery.return_steps import accept_return, refuse_return
from shop.models import Refund
from shop.refund_dispatch import mark_refunded_elsewhere, retry_refund
from shop.refund_pages import announce_refund
from shop.refund_proposals import RefundRequest, preview_refund, refund_by_staff
from shop.refunds import RefundRefused
from shop.states import OPEN_RETURNS, REFUNDABLE_RETURNS, RefundState
from shop.tasks import send_refund_by_id


class RefundAmount:
    """Mixin for admin pages of refunds: the amount, or what a requested return would refund."""

    @admin.display(description=gettext_lazy("amount"), ordering="amount_minor")
    def amount(self, refund: Refund) -> str:
        if refund.state not in OPEN_RETURNS:
            return format_money(refund.amount_minor, refund.currency)
        requested_minor: int | None = getattr(refund, "requested_minor", None)
        if requested_minor is not None:  # on lists, where a preview of each refund would take too long
            return _("goods of %(amount)s") % {"amount": format_money(requested_minor, refund.currency)}
        try:
            return _("%(amount)s if accepted") % {"amount": format_money(_preview(refund), refund.currency)}
        except RefundRefused:
            return "–"


class RefundActions(AskingActions[Refund]):
    """Mixin for the admin of refunds. Each action asks first, says what it did, and is in the history."""

    actions = ["await_goods", "accept", "refuse", "retry_failed", "mark_paid_elsewhere"]

    def has_refund_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("shop.add_refund")

    @admin.action(description=gettext_lazy("Accept the return and wait for the goods"), permissions=["refund"])
    def await_goods(self, request: HttpRequest, refunds: QuerySet[Refund]) -> HttpResponse | None:
        requested, skipped = _select(request, refunds, RefundState.REQUESTED)
        text = _("Accept these returns? The shoppers are asked to send the goods, and refunded when they arrive.")
        title, rows = _("Accept the return and wait for the goods"), [_describe(refund) for refund in requested]
        answer = self.ask(request, Question("await_goods", title, text, rows), skipped)
        if not isinstance(answer, Answer):
            return answer
        accept = partial(accept_return, created_by=signed_in_user(request), now=timezone.now())
        accepted = self._change(request, requested, skipped, lambda pk: accept(refund_id=pk), "Accepted.")
        done = ngettext("%(count)d return was accepted.", "%(count)d returns were accepted.", len(accepted))
        self._report(request, done, accepted, skipped)
        return None

    @admin.action(description=gettext_lazy("Accept the return and issue the refund"), permissions=["refund"])
    def accept(self, request: HttpRequest, refunds: QuerySet[Refund]) -> HttpResponse | None:
        requested, skipped = _select(request, refunds, *REFUNDABLE_RETURNS)
        amounts: dict[Refund, int] = {}
        for refund in requested:
            try:
                amounts[refund] = _preview(refund)
            except RefundRefused as refusal:
                skipped[f"{refund.order.code}: {refusal}"] += 1
        text = _("Accept these returns and refund %(sum)s?") % {"sum": _add_up(amounts.items())}
        title, rows = _("Accept the return and issue the refund"), [_describe(*pair) for pair in amounts.items()]
        answer = self.ask(request, Question("accept", title, text, rows), skipped)
        if not isinstance(answer, Answer):
            return answer
        accepted = 0
        for refund in amounts:
            wish = RefundRequest.of_return(refund)
            try:
                result = refund_by_staff(request=wish, user=signed_in_user(request), now=timezone.now())
            except (RefundRefused, ProposalRefused) as refusal:
                skipped[f"{refund.order.code}: {refusal}"] += 1
            else:
                announce_refund(request, result)
                is_proposed = isinstance(result, Proposal)
                accepted += not is_proposed
                words = gettext_noop("Proposed to accept.") if is_proposed else gettext_noop("Accepted.")
                self.log_change(request, refund, words)
        if accepted:
            done = ngettext("%(count)d return was accepted.", "%(count)d returns were accepted.", accepted)
            self.message_user(request, done % {"count": accepted}, messages.SUCCESS)
        self.report_skipped(request, skipped)
        return None

    @admin.action(description=gettext_lazy("Decline the return"), permissions=["refund"])
    def refuse(self, request: HttpRequest, refunds: QuerySet[Refund]) -> HttpResponse | None:
        requested, skipped = _select(request, refunds, *OPEN_RETURNS)
        question = Question(
            "refuse",
            _("Decline the return"),
            _("Decline these returns? Nothing is refunded."),
            [_describe(refund) for refund in requested],
            needs_reason=True,
            reason_help=_("The shopper reads it in an email and on the order's page."),
        )
        answer = self.ask(request, question, skipped)
        if not isinstance(answer, Answer):
            return answer
        by, now = signed_in_user(request), timezone.now()
        decline = partial(refuse_return, created_by=by, reason=answer.reason, now=now)
        declined = self._change(
            request,
            requested,
            skipped,
            lambda pk: decline(refund_id=pk),
            history_line(gettext_noop("Declined: %(reason)s"), reason=answer.reason),
        )
        done = ngettext("%(count)d return was declined.", "%(count)d returns were declined.", len(declined))
        self._report(request, done, declined, skipped)
        return None

    @admin.action(description=gettext_lazy("Retry failed refunds"), permissions=["refund"])
    def retry_failed(self, request: HttpRequest, refunds: QuerySet[Refund]) -> HttpResponse | None:
        failed, skipped = _select(request, refunds, RefundState.FAILED)
        amounts = [(refund, refund.amount_minor) for refund in failed]
        text = _("Send these refunds again, %(sum)s in all?") % {"sum": _add_up(amounts)}
        rows = [_describe(*pair) for pair in amounts]
        answer = self.ask(request, Question("retry_failed", _("Retry failed refunds"), text, rows), skipped)
        if not isinstance(answer, Answer):
            return answer
        now = timezone.now()
        retried = self._change(
            request, failed, skipped, lambda pk: retry_refund(refund_id=pk, now=now), gettext_noop("Retried.")
        )
        for refund in retried:
            transaction.on_commit(partial(send_refund_by_id.delay, refund.pk), robust=True)
        done = ngettext("%(count)d refund is sent again.", "%(count)d refunds are sent again.", len(retried))
        self._report(request, done, retried, skipped)
        return None

    @admin.action(description=gettext_lazy("Mark failed refunds as paid in another way"), permissions=["refund"])
    def mark_paid_elsewhere(self, request: HttpRequest, refunds: QuerySet[Refund]) -> HttpResponse | None:
        failed, skipped = _select(request, refunds, RefundState.FAILED)
        amounts = [(refund, refund.amount_minor) for refund in failed]
        text = _("Mark these refunds, %(sum)s in all, as paid in another way? Nothing more is sent.")
        title, rows = _("Mark failed refunds as paid in another way"), [_describe(*pair) for pair in amounts]
        question = Question("mark_paid_elsewhere", title, text % {"sum": _add_up(amounts)}, rows)
        answer = self.ask(request, question, skipped)
        if not isinstance(answer, Answer):
            return answer
        now = timezone.now()
        marked = self._change(
            request,
            failed,
            skipped,
            lambda pk: mark_refunded_elsewhere(refund_id=pk, now=now),
            gettext_noop("Marked as paid in another way."),
        )
        done = ngettext("%(count)d refund is marked as paid.", "%(count)d refunds are marked as paid.", len(marked))
        self._report(request, done, marked, skipped)
        return None

    def _change(
        self,
        request: HttpRequest,
        refunds: Iterable[Refund],
        skipped: Skipped,
        change: Callable[[int], bool],
        message: str,
    ) -> list[Refund]:
        """Change each refund and record it. Return those that were changed; count the others as skipped."""
        changed = []
        for refund in refunds:
            if change(refund.pk):
                changed.append(refund)
                self.log_change(request, refund, message)
            else:
                skipped[_("somebody else has just changed it.")] += 1
        return changed

    def _report(self, request: HttpRequest, done: str, changed: list[Refund], skipped: Skipped) -> None:
        if changed:
            self.message_user(request, done % {"count": len(changed)}, messages.SUCCESS)
        self.report_skipped(request, skipped)


def _select(request: HttpRequest, refunds: QuerySet[Refund], *states: RefundState) -> tuple[list[Refund], Skipped]:
    """Return the selected refunds in one of the states, and how many others there are, by the reason for leaving them alone."""
    user, selected, skipped = signed_in_user(request), list[Refund](), Counter[str]()
    for refund in refunds.select_related("order", "prepayment").order_by("pk"):
        if refund.state not in states:
            is_failed = RefundState.FAILED in states
            skipped[_("it has not failed.") if is_failed else _("it is no return that waits for an answer.")] += 1
        elif refund.purchase.user_id == user.pk:
            skipped[_("it is for an order of your own.")] += 1
        else:
            selected.append(refund)
    return selected, skipped


def _preview(refund: Refund) -> int:
    """Return what the requested return would refund, in minor units. Raises RefundRefused."""
    if refund.state == RefundState.ACCEPTED:
        raise RefundRefused(_("The goods have not arrived yet."))
    wish = RefundRequest.of_return(refund)
    return preview_refund(request=wish, user=None, now=timezone.now()).amount_minor


def _describe(refund: Refund, amount_minor: int | None = None) -> str:
    facts = [refund.purchase.code, refund.purchase.email, refund.local_reason]
    facts += [format_money(amount_minor, refund.currency)] if amount_minor is not None else []
    return " – ".join(fact for fact in facts if fact)


def _add_up(amounts: Iterable[tuple[Refund, int]]) -> str:
    sums: Counter[str] = Counter()
    for refund, amount_minor in amounts:
        sums[refund.currency] += amount_minor
    return join_list(format_money(total, currency) for currency, total in sorted(sums.items()))
