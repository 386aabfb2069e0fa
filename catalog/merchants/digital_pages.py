"""The page on which merchants upload what buyers of a variant download."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from catalog.digital_files import KINDS, MAX_BYTES, FileRefused, store_digital_file
from catalog.merchants.access import merchant_required
from catalog.merchants.listing_pages import LISTERS, find_product
from catalog.models import DigitalFile, MerchantMember


class DigitalFileForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("At most 25 MB: PDF, EPUB, ZIP, audio, video or a picture."),
        widget=forms.FileInput(attrs={"accept": ",".join(KINDS), "data-most-bytes": MAX_BYTES}),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@merchant_required(*LISTERS)
def digital_file_page(request: HttpRequest, member: MerchantMember, slug: str, variant_id: int) -> HttpResponseBase:
    """Show the present file. On POST, store another, which makes the variant digital."""
    product = find_product(member, slug)
    variant = get_object_or_404(product.variants, pk=variant_id)
    form = DigitalFileForm(request.POST, request.FILES) if request.method == "POST" else DigitalFileForm()
    if form.is_bound and form.is_valid():
        try:
            upload, now = form.cleaned_data["file"], timezone.now()
            store_digital_file(variant=variant, upload=upload, uploaded_by=member.user, now=now)
        except FileRefused as refusal:
            form.add_error("file", str(refusal))
        else:
            messages.success(request, _("The file is stored. Buyers get it by a link."))
            return redirect("merchant-digital-file", slug, variant.pk)
    context = {"member": member, "here": "products", "product": product, "variant": variant, "form": form}
    context["file"] = DigitalFile.objects.filter(variant=variant).first()
    return render(request, "merchant/digital_file.html", context, status=422 if form.errors else 200)
