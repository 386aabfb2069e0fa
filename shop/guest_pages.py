"""Pages by which guests come back to an order: the link in its emails, and a form for its number and email address."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.focused_errors import FocusesFirstError
from accounts.page_limits import explain_limit, is_limited
from accounts.pasted_text import PastedEmailField
from shop.order_links import find_order_by_email, find_order_by_link, open_order

SCOPE = "lookup"
"""The rate limit of looking for orders, shared by the page and the API."""


class FindOrderForm(FocusesFirstError, forms.Form):
    code = forms.CharField(
        label=gettext_lazy("Order number"),
        max_length=40,
        help_text=gettext_lazy("It is in the email that confirmed your order."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "dir": "ltr"}),
    )
    email = PastedEmailField(
        label=gettext_lazy("Email address"), widget=forms.EmailInput(attrs={"autocomplete": "email", "dir": "ltr"})
    )


@require_safe
@never_cache
def follow_link(request: HttpRequest, code: str, token: str) -> HttpResponse:
    """Open the order of a link in an email, and go on to its page, so that the link does not stay in the address bar."""
    order = find_order_by_link(code=code, token=token)
    if order is None:
        sentence = _("This link is no longer valid. Open your order with its number and your email address.")
        response = _show_form(request, FindOrderForm(initial={"code": code}), sentence, status=404)
    else:
        open_order(request, order, by_email=False)
        response = redirect(order)
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def find_order(request: HttpRequest) -> HttpResponse:
    """Open an order by its number and email address. The answer is the same whichever of them is wrong."""
    if request.method != "POST":
        return _show_form(request, FindOrderForm(initial={"code": request.GET.get("code", "")[:40]}))
    form = FindOrderForm(request.POST)
    if is_limited(request, scope=SCOPE):
        return _show_form(request, form, explain_limit(), status=429)
    if not form.is_valid():
        return _show_form(request, form, status=422)
    order = find_order_by_email(**form.cleaned_data)
    if order is None:
        return _show_form(request, form, explain_unknown(), status=404)
    open_order(request, order, by_email=True)
    return redirect(order)


def explain_unknown() -> str:
    return _("We found no order with this number and email address. Check both.")


def _show_form(request: HttpRequest, form: FindOrderForm, refusal: str = "", *, status: int = 200) -> HttpResponse:
    response = render(request, "shop/find_order.html", {"form": form, "refusal": refusal}, status=status)
    response.headers["X-Robots-Tag"] = "noindex"
    return response
