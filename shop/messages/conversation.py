"""What both sides' pages of messages do: list threads, show one and write in it, close it, and report a message."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from shop.messages.forms import MessageForm, ReportMessageForm
from shop.messages.participants import Participant
from shop.messages.threads import MessageRefused, TooManyMessages, close_thread, mark_read, reply, report_message
from shop.models import MessageThread, ThreadMessage

THREADS_PER_PAGE = 20
MESSAGES_SHOWN = 200
"""The newest ones of a thread."""


def show_threads(request: HttpRequest, reader: Participant, template: str, **context: Any) -> HttpResponse:
    page = Paginator(list_threads(reader), THREADS_PER_PAGE).get_page(request.GET.get("page"))
    return render(request, template, {"page": page, **context})


def show_thread(
    request: HttpRequest, reader: Participant, thread: MessageThread, template: str, **context: Any
) -> HttpResponse:
    """Show a thread, which reads it. On POST, write in it; 409 if it is closed or blocked, 429 if that was too much."""
    form, status = MessageForm(request.POST if request.method == "POST" else None), 200
    if form.is_bound:
        status = 422 if not form.is_valid() else send_reply(form, reader, thread)
        if status == 200:
            return redirect(f"{request.path}#latest")
    elif request.method == "GET":
        mark_read(thread=thread, reader=reader, now=timezone.now())
    newest = thread.messages.order_by("-sent_at", "-pk")[:MESSAGES_SHOWN]
    context |= {"thread": thread, "thread_messages": reversed(newest), "form": form, "side": reader.side}
    return render(request, template, context, status=status)


def send_reply(form: MessageForm, writer: Participant, thread: MessageThread) -> int:
    """Send the reply of a valid form. If it is refused, say why in the form. Return the HTTP status."""
    try:
        reply(thread_id=thread.pk, writer=writer, words=form.cleaned_data["words"], now=timezone.now())
    except MessageRefused as refusal:
        return explain_refusal(form, refusal)
    return 200


def explain_refusal(form: MessageForm, refusal: MessageRefused) -> int:
    form.add_error("words", str(refusal))
    return 429 if isinstance(refusal, TooManyMessages) else 409


def close_page(request: HttpRequest, participant: Participant, pk: int, route: str) -> HttpResponse:
    thread = find_thread(participant, pk)
    close_thread(thread_id=thread.pk)
    messages.success(request, _("The conversation is closed."))
    return redirect(route, pk)


def report_page(request: HttpRequest, participant: Participant, pk: int, route: str) -> HttpResponse:
    """Report a message of the other side in one of the participant's threads."""
    message = find_message(participant, pk)
    form = ReportMessageForm(request.POST)
    words = form.cleaned_data["words"] if form.is_valid() else ""
    try:
        report_message(message=message, reporter=participant, words=words, now=timezone.now())
    except MessageRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Thank you for your report. A moderator will review it."))
    return redirect(route, message.thread_id)


def find_thread(participant: Participant, pk: int) -> MessageThread:
    """Return one of the participant's threads. Raises Http404."""
    return get_object_or_404(participant.threads.newest_first(), pk=pk)


def find_message(participant: Participant, pk: int) -> ThreadMessage:
    """Return a message in one of the participant's threads. Raises Http404."""
    own = ThreadMessage.objects.filter(thread__in=participant.threads)
    return get_object_or_404(own.select_related("thread__merchant"), pk=pk)


def list_threads(reader: Participant) -> Any:
    """Return the reader's threads, the one with the newest message first, with the number of their unread messages."""
    return reader.threads.newest_first().with_unread(reader.side)
