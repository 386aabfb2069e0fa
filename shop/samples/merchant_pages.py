"""Pages on which merchants answer requests for samples of their products."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from catalog.merchants.access import merchant_required
from catalog.models import MerchantMember, MerchantRole
from creators.models import Sample
from creators.samples import SampleRefused
from shop.samples.answers import answer_request
from shop.samples.forms import SampleDeclineForm

SAMPLES_PER_PAGE = 30
DECIDING = (MerchantRole.OWNER, MerchantRole.MANAGER)


@require_safe
@merchant_required(*DECIDING)
def merchant_samples_page(request: HttpRequest, member: MerchantMember) -> HttpResponseBase:
    """List the requests, newest first."""
    return _show(request, member)


@require_POST
@merchant_required(*DECIDING)
def sample_answer_page(request: HttpRequest, member: MerchantMember, pk: int, answer: str) -> HttpResponseBase:
    """Send the sample or decline the request, depending on `answer`. 409 if it was answered before, or can't be sent."""
    own = Sample.objects.filter(merchant=member.merchant_id).with_names()
    sample, approves, form = get_object_or_404(own, pk=pk), answer == "send", SampleDeclineForm(request.POST)
    if not approves and not form.is_valid():
        return _show(request, member, {pk: form}, 422)
    try:
        reason = "" if approves else form.cleaned_data["reason"]
        answer_request(sample=sample, user=member.user, approves=approves, reason=reason)
    except SampleRefused as refusal:
        messages.error(request, str(refusal))
        return _show(request, member, {}, 409)
    done = _("The sample is among your orders, to be packed.") if approves else _("The request was declined.")
    messages.success(request, done)
    return redirect("merchant-samples")


def _show(
    request: HttpRequest,
    member: MerchantMember,
    forms_by_id: dict[int, SampleDeclineForm] | None = None,
    status: int = 200,
) -> HttpResponse:
    samples = Sample.objects.filter(merchant=member.merchant_id).with_names().select_related("sample_order__order")
    page = Paginator(samples.newest_first(), SAMPLES_PER_PAGE).get_page(request.GET.get("page"))
    bound = forms_by_id or {}
    rows = [(sample, bound.get(sample.pk) or SampleDeclineForm(auto_id=f"id_{sample.pk}_%s")) for sample in page]
    context = {"member": member, "here": "samples", "page": page, "rows": rows}
    return render(request, "shop/samples/merchant.html", context, status=status)
