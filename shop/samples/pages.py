"""Pages on which creators ask for samples, and see what became of their requests."""

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import is_adult
from catalog.models import Product
from creators.access import creator_required
from creators.models import Creator, Sample
from creators.samples import SampleRefused, withdraw_sample
from shop.addresses import find_default_address
from shop.samples.forms import SampleForm
from shop.samples.requests import ask_for_sample

SAMPLES_PER_PAGE = 30


@require_safe
@creator_required
def samples_page(request: HttpRequest, creator: Creator) -> HttpResponseBase:
    """List the creator's requests, newest first."""
    samples = Sample.objects.filter(creator=creator).with_names().select_related("sample_order__order")
    page = Paginator(samples.newest_first(), SAMPLES_PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "shop/samples/samples.html", {"page": page, "today": timezone.localdate()})


@require_http_methods(["GET", "HEAD", "POST"])
@creator_required
def request_page(request: HttpRequest, creator: Creator, slug: str) -> HttpResponseBase:
    """Ask for a sample of a product. 409 if the creator or the seller is not ready for it."""
    visible = Product.objects.on_sale().suitable_for(is_adult=is_adult(request.user))
    product = get_object_or_404(visible.filter(merchant__offers_samples=True, outbound_url=""), slug=slug)
    form = SampleForm(request.POST if request.method == "POST" else None, product=product)
    address, status = find_default_address(creator.user), 422 if form.errors else 200
    if form.is_bound and form.is_valid():
        try:
            values = {"variant": form.cleaned_data["variant"], "plan": form.cleaned_data["plan"]}
            ask_for_sample(creator=creator, now=timezone.now(), **values)
        except SampleRefused as refusal:
            form.add_error(None, str(refusal))
            status = 409
        else:
            messages.success(request, _("Your request was sent to the seller."))
            return redirect("samples")
    context = {"product": product, "form": form, "address": address, "days": settings.SAMPLE_DAYS}
    return render(request, "shop/samples/request.html", context, status=status)


@require_POST
@creator_required
def withdraw_page(request: HttpRequest, creator: Creator, pk: int) -> HttpResponseBase:
    """Withdraw a request that the seller has not answered."""
    try:
        withdraw_sample(sample=get_object_or_404(Sample, creator=creator, pk=pk))
    except SampleRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Your request was withdrawn."))
    return redirect("samples")
