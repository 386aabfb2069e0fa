"""Pages on which a merchant's owners and managers answer shoppers. Who only packs reads no messages."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from catalog.merchants.access import merchant_required
from catalog.models import MerchantMember
from shop.messages.conversation import close_page, find_thread, report_page, show_thread, show_threads
from shop.messages.mail import ANSWERING
from shop.messages.participants import Participant
from shop.messages.threads import set_block
from shop.models import MessageBlock


def answering(member: MerchantMember) -> Participant:
    return Participant(member.user, member.merchant)


@require_safe
@merchant_required(*ANSWERING)
@never_cache
def merchant_threads_page(request: HttpRequest, member: MerchantMember) -> HttpResponseBase:
    return show_threads(request, answering(member), "merchant/messages.html", member=member, here="messages")


@require_http_methods(["GET", "HEAD", "POST"])
@merchant_required(*ANSWERING)
@never_cache
def merchant_thread_page(request: HttpRequest, member: MerchantMember, pk: int) -> HttpResponseBase:
    thread = find_thread(answering(member), pk)
    is_blocked = MessageBlock.objects.filter(merchant=member.merchant, user=thread.user_id).exists()
    context = {"member": member, "here": "messages", "is_blocked": is_blocked}
    return show_thread(request, answering(member), thread, "merchant/message_thread.html", **context)


@require_POST
@merchant_required(*ANSWERING)
def close_merchant_thread(request: HttpRequest, member: MerchantMember, pk: int) -> HttpResponse:
    return close_page(request, answering(member), pk, "merchant-thread")


@require_POST
@merchant_required(*ANSWERING)
def report_shopper_message(request: HttpRequest, member: MerchantMember, pk: int) -> HttpResponse:
    return report_page(request, answering(member), pk, "merchant-thread")


@require_POST
@merchant_required(*ANSWERING)
def block_shopper(request: HttpRequest, member: MerchantMember, pk: int) -> HttpResponse:
    """Block the shopper of a thread or, with `again`, take their messages again."""
    thread = find_thread(answering(member), pk)
    is_blocked = request.POST.get("again") != "yes"
    set_block(merchant=member.merchant, user=thread.user, is_blocked=is_blocked, now=timezone.now())
    blocked, unblocked = _("This shopper can't write to you any more."), _("This shopper can write to you again.")
    messages.success(request, blocked if is_blocked else unblocked)
    return redirect("merchant-thread", pk)
