"""Pages of notifications: the list, one of them, preferences, the end of emails, and wishes."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import is_adult, signed_in_user
from accounts.keys import parse_key
from accounts.models import User
from accounts.page_limits import is_limited
from catalog.models import Product, Variant
from social.notifications.forms import TimeZoneForm, preference_forms
from social.notifications.lists import count_unread, find_line, mark_read, read_page
from social.notifications.mail import find_stop
from social.notifications.preferences import save_choices, stop_mail
from social.notifications.subscriptions import is_subscribed, public_key
from social.notifications.wishes import WishRefused, end_wish, list_wishes, make_wish


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def notifications_page(request: HttpRequest) -> HttpResponse:
    """Show a page of the user's notifications, newest first. On POST, mark all as read."""
    reader = signed_in_user(request)
    if request.method == "POST":
        mark_read(reader=reader, now=timezone.now())
        return redirect("notifications")
    page = read_page(reader, after=request.GET.get("after", ""))
    return render(request, "social/notifications.html", {"page": page, "unread_count": count_unread(reader)})


@require_safe
@login_required
@never_cache
def open_notification(request: HttpRequest, pk: int) -> HttpResponse:
    """Lead to what a notification is about, and mark it as read."""
    reader = signed_in_user(request)
    line = find_line(reader, pk)
    if line is None:
        raise Http404
    if request.method == "GET":
        mark_read(reader=reader, ids=[pk], now=timezone.now())
    return redirect(line.target)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def settings_page(request: HttpRequest) -> HttpResponse:
    """Show how the user is told of each kind. On POST, store it."""
    user, data = signed_in_user(request), request.POST if request.method == "POST" else None
    forms, zone_form = preference_forms(user, data), TimeZoneForm(data, initial={"time_zone": user.time_zone})
    if data is not None and all(form.is_valid() for form in (*forms, zone_form)):
        save_choices(user=user, choices={form.kind: form.channels for form in forms})
        User.objects.filter(pk=user.pk).update(time_zone=zone_form.cleaned_data["time_zone"])
        messages.success(request, _("Your choices are saved."))
        return redirect("notification-settings")
    context = {"forms": forms, "zone_form": zone_form, "push_key": public_key(), "wishes": list_wishes(user)}
    context["is_subscribed"] = is_subscribed(request.session.session_key)
    status = 422 if data is not None else 200
    return render(request, "social/notification_settings.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@csrf_exempt  # a mail program posts it, as RFC 8058 describes; the token names the reader
@never_cache
def stop_page(request: HttpRequest, token: str) -> HttpResponse:
    """Ask whether the reader of an email wants no more of its kind. On POST, stop them."""
    stop = find_stop(token)
    if stop is None:
        raise Http404
    reader, kind = stop
    is_stopped = request.method == "POST"
    if is_stopped:
        stop_mail(user=reader, kind=kind)
    label = kind.label if kind else ""
    return render(request, "social/stop_notifications.html", {"is_stopped": is_stopped, "label": label})


@require_POST
@login_required
def wish_page(request: HttpRequest, slug: str) -> HttpResponse:
    """Tell the user once when a variant is back in stock or costs less, or take that back."""
    user = signed_in_user(request)
    if is_limited(request, scope="write"):
        return render(request, "429.html", status=429)
    visible = Product.objects.on_sale().suitable_for(is_adult=is_adult(user))
    product = get_object_or_404(visible, slug=slug)
    variants = Variant.objects.buyable().filter(product=product)
    variant = get_object_or_404(variants, pk=parse_key(request.POST.get("variant", "")))
    if request.POST.get("wish") == "no":
        end_wish(user=user, variant=variant)
        messages.success(request, _("You are no longer told about it."))
        return redirect(product)
    try:
        make_wish(user=user, variant=variant, now=timezone.now())
    except WishRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("We tell you once, in your notifications and as you chose there."))
    return redirect(product)
