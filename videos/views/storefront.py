"""A member's profile page, with their published clips."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from creators.models import Creator, Enrolment
from videos.models import Clip

CLIPS_PER_PAGE = 24


def storefront_page(request: HttpRequest, handle: str) -> HttpResponse:
    if handle != handle.lower():
        return redirect("storefront", handle.lower(), permanent=True)
    creator = get_object_or_404(Creator.objects.with_handle(handle).visible_to(request.user.pk))
    if creator.handle != handle:
        return redirect(creator)
    clips = Clip.objects.shown_to(request.user).filter(creator=creator)
    clips = clips.with_interest().select_related("creator", "source").order_by("-published_at", "-pk")
    is_paid = Enrolment.objects.filter(creator=creator).exists()
    page = Paginator(clips, CLIPS_PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "videos/storefront.html", {"creator": creator, "page": page, "is_paid": is_paid})
