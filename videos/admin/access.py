"""What the pages of the review desk share: who may open them, and what surrounds them."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from accounts.access import user_with_permission
from accounts.models import User


def moderator_of(request: HttpRequest) -> User:
    """Return the signed-in moderator. Raises PermissionDenied if the user may not review clips."""
    return user_with_permission(request, "videos.review_clip")


def page_context(request: HttpRequest, title: str) -> dict[str, Any]:
    """Return the template context that every full page of the desk needs, with `title` as its title."""
    return {**admin.site.each_context(request), "title": title, "query": request.GET.urlencode()}


def wants_json(request: HttpRequest) -> bool:
    """Return whether the desk's script sent the request."""
    return request.headers.get("Accept", "").startswith("application/json")
