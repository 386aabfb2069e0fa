"""The address book of a signed-in shopper: list, add, change, choose the default, delete."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import signed_in_user
from shop.address_forms import SavedAddressForm
from shop.address_rules import ADDRESS_FIELDS
from shop.addresses import AddressBookFull, delete_address, make_default, save_address
from shop.checkout_pages import REFRESH
from shop.models import Address


@require_safe
@login_required
def list_addresses(request: HttpRequest) -> HttpResponse:
    addresses = Address.objects.owned_by(signed_in_user(request)).default_first()
    return render(request, "shop/addresses.html", {"addresses": addresses})


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def edit_address(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Show the form of a new or saved address. On POST, save it, or show the fields of another country."""
    user = signed_in_user(request)
    address = None if pk is None else _get_address(request, pk)
    if request.POST.get("then") == REFRESH:
        form = SavedAddressForm.refresh(request.POST.dict())
    elif request.method == "POST":
        form = SavedAddressForm(request.POST)
    else:
        form = SavedAddressForm(initial={"label": address.label, **address.address_values} if address else None)
    if form.is_bound and form.is_valid():
        values = {name: form.cleaned_data[name] for name in ADDRESS_FIELDS}
        try:
            save_address(user=user, values=values, label=form.cleaned_data["label"], address=address)
        except AddressBookFull as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The address is saved."))
            return redirect("addresses")
    context = {"form": form, "address": address}
    return render(request, "shop/address.html", context, status=422 if form.errors else 200)


@require_POST
@login_required
def choose_default(request: HttpRequest, pk: int) -> HttpResponse:
    make_default(address=_get_address(request, pk))
    messages.success(request, _("Orders go to this address unless you choose another one."))
    return redirect("addresses")


@require_POST
@login_required
def remove_address(request: HttpRequest, pk: int) -> HttpResponse:
    delete_address(address=_get_address(request, pk))
    messages.success(request, _("The address is deleted. Your orders keep theirs."))
    return redirect("addresses")


def _get_address(request: HttpRequest, pk: int) -> Address:
    return get_object_or_404(Address.objects.owned_by(signed_in_user(request)), pk=pk)
