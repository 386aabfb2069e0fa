"""What owners and managers say on their merchant's page, and by which buttons shoppers reach it."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts.focused_errors import FocusesFirstError
from accounts.pasted_text import visible_text
from catalog.merchants.access import merchant_required
from catalog.models import Merchant, MerchantMember, MerchantRole


class SellerPageForm(FocusesFirstError, forms.ModelForm[Merchant]):
    class Meta:
        model = Merchant
        fields = [
            *("place", "shipping_note", "return_note", "takes_messages", "shows_phone", "shows_email"),
            "offers_samples",
        ]
        labels = {
            "place": gettext_lazy("Place"),
            "shipping_note": gettext_lazy("About shipping"),
            "return_note": gettext_lazy("About returns"),
            "takes_messages": gettext_lazy("Button for messages"),
            "shows_phone": gettext_lazy("Button for calls"),
            "shows_email": gettext_lazy("Button for email"),
            "offers_samples": gettext_lazy("Samples for creators"),
        }
        widgets = {name: forms.Textarea(attrs={"rows": 3, "dir": "auto"}) for name in ("shipping_note", "return_note")}
        help_texts = {
            "shipping_note": gettext_lazy("For example, on which days you send."),
            "return_note": gettext_lazy("For example, how to pack. What the shop promises holds in any case."),
        }

    def clean_place(self) -> str:
        return visible_text(str(self.cleaned_data["place"]))

    def save(self, commit: bool = True) -> Any:
        """Write what was changed, and nothing else."""
        self.instance.save(update_fields=self.changed_data)
        return self.instance


@require_http_methods(["GET", "HEAD", "POST"])
@merchant_required(MerchantRole.OWNER, MerchantRole.MANAGER)
def page_settings_page(request: HttpRequest, member: MerchantMember) -> HttpResponseBase:
    form = SellerPageForm(request.POST if request.method == "POST" else None, instance=member.merchant)
    if form.is_bound and form.is_valid():
        form.save()
        messages.success(request, _("Saved."))
        return redirect("merchant-page")
    context = {"member": member, "here": "page", "form": form}
    return render(request, "merchant/page.html", context, status=422 if form.errors else 200)
