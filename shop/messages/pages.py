"""Pages of a shopper's messages to sellers."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import signed_in_user
from catalog.merchants.sellers import name_seller
from shop.messages.conversation import (
    close_page,
    explain_refusal,
    find_thread,
    report_page,
    show_thread,
    show_threads,
)
from shop.messages.forms import MessageForm
from shop.messages.participants import Participant
from shop.messages.threads import MessageRefused, open_thread
from shop.messages.topics import find_topic


def shopper(request: HttpRequest) -> Participant:
    return Participant(signed_in_user(request))


@require_safe
@login_required
@never_cache
def threads_page(request: HttpRequest) -> HttpResponse:
    return show_threads(request, shopper(request), "shop/messages/threads.html")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def thread_page(request: HttpRequest, pk: int) -> HttpResponse:
    thread = find_thread(shopper(request), pk)
    return show_thread(request, shopper(request), thread, "shop/messages/thread.html")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def new_thread_page(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the form of a message to a seller, about `?order=` or `?product=`. On POST, send it."""
    user, about = signed_in_user(request), {name: request.GET.get(name, "") for name in ("product", "order")}
    topic = find_topic(user=user, seller=slug, **about)
    form, status = MessageForm(request.POST if request.method == "POST" else None), 200
    if form.is_bound and form.is_valid():
        try:
            thread = open_thread(user=user, topic=topic, words=form.cleaned_data["words"], now=timezone.now())
        except MessageRefused as refusal:
            status = explain_refusal(form, refusal)
        else:
            return redirect("message-thread", thread.pk)
    status = status if status != 200 or not form.errors else 422
    context = {"topic": topic, "seller_name": name_seller(topic.merchant), "form": form}
    return render(request, "shop/messages/new.html", context, status=status)


@require_POST
@login_required
def close_own_thread(request: HttpRequest, pk: int) -> HttpResponse:
    return close_page(request, shopper(request), pk, "message-thread")


@require_POST
@login_required
def report_seller_message(request: HttpRequest, pk: int) -> HttpResponse:
    return report_page(request, shopper(request), pk, "message-thread")
