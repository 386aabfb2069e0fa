"""Pages of analytics in the studio, for everybody who posts, and in the area of merchants."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from catalog.merchants.access import merchant_required
from catalog.models import MerchantMember, MerchantRole
from creators.access import creator_required
from creators.models import Creator
from programme.report_pages import (
    build_context,
    build_posts_context,
    build_retention_context,
    parse_period,
    respond_with_report,
)
from programme.scopes import Scope

READERS = (MerchantRole.OWNER, MerchantRole.MANAGER)


@require_safe
@creator_required
def show_analytics(request: HttpRequest, creator: Creator) -> HttpResponse:
    """Show the numbers of all posts, in a number of queries that does not depend on how many there are."""
    return _show_posts(request, Scope.of_creator(creator), "programme/analytics.html", {})


@require_safe
@creator_required
def show_post_analytics(request: HttpRequest, creator: Creator, code: str) -> HttpResponse:
    return _show_post(request, Scope.of_creator(creator), code, "programme/post.html", {})


@require_safe
@creator_required
def download_analytics(request: HttpRequest, creator: Creator) -> HttpResponseBase:
    return respond_with_report(Scope.of_creator(creator), parse_period(request)[0], name=creator.handle)


@require_safe
@creator_required
def download_post_analytics(request: HttpRequest, creator: Creator, code: str) -> HttpResponseBase:
    scope = Scope.of_creator(creator).narrowed_to(code)
    if not scope.clips.exists():
        raise Http404
    return respond_with_report(scope, parse_period(request)[0], name=code)


@require_safe
@never_cache
@merchant_required(*READERS)
def show_merchant_analytics(request: HttpRequest, member: MerchantMember) -> HttpResponse:
    context = {"member": member, "here": "analytics"}
    return _show_posts(request, Scope.of_merchant(member.merchant), "merchant/analytics.html", context)


@require_safe
@never_cache
@merchant_required(*READERS)
def show_merchant_post_analytics(request: HttpRequest, member: MerchantMember, code: str) -> HttpResponse:
    context = {"member": member, "here": "analytics"}
    return _show_post(request, Scope.of_merchant(member.merchant), code, "merchant/post_analytics.html", context)


@require_safe
@never_cache
@merchant_required(*READERS)
def download_merchant_analytics(request: HttpRequest, member: MerchantMember) -> HttpResponseBase:
    scope = Scope.of_merchant(member.merchant)
    return respond_with_report(scope, parse_period(request)[0], name=member.merchant.slug)


def _show_posts(request: HttpRequest, scope: Scope, template: str, context: dict[str, object]) -> HttpResponse:
    report = build_context(request, scope)
    posts = build_posts_context(request, scope, report["period"])
    return render(request, template, {**context, **report, **posts})


def _show_post(
    request: HttpRequest, scope: Scope, code: str, template: str, context: dict[str, object]
) -> HttpResponse:
    """Show the numbers of one post. Raises Http404 if it is not in the scope."""
    scope = scope.narrowed_to(code)
    clip = scope.clips.first()
    if clip is None:
        raise Http404
    report = build_context(request, scope)
    retention = build_retention_context(scope, report["period"])
    return render(request, template, {**context, **report, **retention, "clip": clip})
