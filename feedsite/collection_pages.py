"""Pages of collections: the user's own, the choice of collections for a clip, and the page of a shared one."""

from datetime import datetime

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import signed_in_user
from accounts.models import User
from feed.events.identity import Identity, identify_signed_in_viewer, set_viewer_cookie
from feed.lists import page_of_clips
from feedsite.reactions import react
from social.clip_collections import (
    NameTaken,
    TooMany,
    add_clip,
    clip_ids_of,
    create_collection,
    delete_collection,
    remove_clip,
    rename_collection,
    share_collection,
    unavailable_clips,
)
from social.models import Collection
from videos.models import Clip


def collections_of(user: User) -> QuerySet[Collection]:
    """Return a user's collections by name, with `clip_count`."""
    return Collection.objects.owned_by(user).annotate(clip_count=Count("clips")).order_by("name", "pk")


def shared_collection_or_404(share_code: str) -> Collection:
    """Return the collection that is shared under this code now, by a user who is still here."""
    shared = Collection.objects.filter(user__is_active=True).select_related("user")
    return get_object_or_404(shared, share_code=share_code)


@transaction.atomic
def collect(*, request: HttpRequest, identity: Identity, collection: Collection, clip: Clip, now: datetime) -> None:
    """Add a clip to a collection and save it, for the feed too. Raises TooMany or CollectionGone."""
    add_clip(collection=collection, clip=clip, now=now)
    react(request=request, identity=identity, clip=clip, verb="save", is_on=True, now=now)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def collections_page(request: HttpRequest) -> HttpResponse:
    """List the user's collections, and create one."""
    user, refusals, name = signed_in_user(request), list[str](), request.POST.get("name", "")
    if request.method == "POST":
        try:
            collection = create_collection(user=user, name=_checked(name), now=timezone.now())
        except (ValidationError, NameTaken, TooMany) as refusal:
            refusals = _sentences(refusal)
        else:
            messages.success(request, _("Collection created."))
            return redirect(collection)
    context = {"kind": "collections", "collections": collections_of(user), "name": name, "refusals": refusals}
    return render(request, "feed/lists/collections.html", context, status=422 if refusals else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def collection_page(request: HttpRequest, code: str) -> HttpResponse:
    """Show one of the user's collections. On POST, rename, share, close or delete it, or remove a clip."""
    user = signed_in_user(request)
    collection = get_object_or_404(Collection.objects.owned_by(user), code=code)
    name, refusals = collection.name, list[str]()
    if request.method == "POST":
        try:
            return _change(request, collection)
        except (ValidationError, NameTaken) as refusal:
            refusals, name = _sentences(refusal), request.POST.get("name", "")
            collection = get_object_or_404(Collection.objects.owned_by(user), code=code)
    identity = identify_signed_in_viewer(request, now=timezone.now())
    page = page_of_clips(clip_ids_of(collection), reader=request.user, after=request.GET.get("after", ""))
    unavailable = unavailable_clips(collection)
    context = {"collection": collection, "page": page, "unavailable": unavailable, "name": name, "refusals": refusals}
    response = render(request, "feed/lists/collection.html", context, status=422 if refusals else 200)
    set_viewer_cookie(response, request, identity)
    return response


def _change(request: HttpRequest, collection: Collection) -> HttpResponse:
    """Apply a change from the page of a collection. Raises ValidationError or NameTaken."""
    change = request.POST.get("change", "")
    if change == "rename":
        rename_collection(collection=collection, name=_checked(request.POST.get("name", "")))
        messages.success(request, _("Collection renamed."))
    elif change in ("share", "close"):
        share_collection(collection=collection, is_shared=change == "share")
        sentence = _("Everyone with the link can see this collection now.")
        messages.success(request, sentence if change == "share" else _("Only you can see this collection now."))
    elif change == "remove":
        remove_clip(collection=collection, clip=get_object_or_404(Clip, code=request.POST.get("clip", "")))
        messages.success(request, _("Removed from the collection. The clip is still saved."))
    elif change == "delete":
        delete_collection(collection)
        messages.success(request, _("Collection deleted. Its clips are still saved."))
        return redirect("collections")
    else:
        raise Http404
    return redirect(collection)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def choose_collections(request: HttpRequest, code: str) -> HttpResponse:
    """Choose the collections that a clip is in, among the user's own or a new one."""
    user, now = signed_in_user(request), timezone.now()
    identity = identify_signed_in_viewer(request, now=now)
    clip = get_object_or_404(Clip.objects.shown_to(user), code=code)
    refusals = list[str]()
    if request.method == "POST":
        try:
            _store_choice(request, identity, user, clip, now)
        except (ValidationError, NameTaken, TooMany) as refusal:
            refusals = _sentences(refusal)
        else:
            messages.success(request, _("Your collections have been updated."))
            return redirect("collections")
    inside = set(Collection.objects.owned_by(user).filter(clips__clip=clip).values_list("code", flat=True))
    chosen = set(request.POST.getlist("in")) if refusals else inside
    context = {"clip": clip, "collections": collections_of(user), "inside": inside, "chosen": chosen}
    context |= {"name": request.POST.get("name", ""), "refusals": refusals}
    response = render(request, "feed/lists/choose_collections.html", context, status=422 if refusals else 200)
    set_viewer_cookie(response, request, identity)
    return response


@transaction.atomic
def _store_choice(request: HttpRequest, identity: Identity, user: User, clip: Clip, now: datetime) -> None:
    """Add the clip where a box was ticked, and remove it where one was cleared. Others are left alone."""
    before, after = set(request.POST.getlist("before")), set(request.POST.getlist("in"))
    own = {collection.code: collection for collection in Collection.objects.owned_by(user)}
    added = [own[code] for code in after - before if code in own]
    if request.POST.get("name", "").strip():
        added.append(create_collection(user=user, name=_checked(request.POST["name"]), now=now))
    for collection in added:
        collect(request=request, identity=identity, collection=collection, clip=clip, now=now)
    for code in before - after:
        if code in own:
            remove_clip(collection=own[code], clip=clip)


@require_safe
@never_cache
def shared_collection_page(request: HttpRequest, share_code: str) -> HttpResponse:
    """Show a shared collection to everyone with the link, without its owner."""
    collection = shared_collection_or_404(share_code)
    identity = identify_signed_in_viewer(request, now=timezone.now())
    page = page_of_clips(clip_ids_of(collection), reader=request.user, after=request.GET.get("after", ""))
    response = render(request, "feed/lists/shared_collection.html", {"collection": collection, "page": page})
    response.headers["X-Robots-Tag"] = "noindex"
    set_viewer_cookie(response, request, identity)
    return response


def _checked(name: str) -> str:
    """Return a name that is not empty. Raises ValidationError."""
    if not name.strip():
        raise ValidationError(_("Enter a name."))
    return name


def _sentences(refusal: ValidationError | NameTaken | TooMany) -> list[str]:
    return list(refusal.messages) if isinstance(refusal, ValidationError) else [str(refusal)]
