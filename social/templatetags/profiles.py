"""What a reader can do with a profile: `{% load profiles %}`, then `{% profile_actions profile %}`."""

from typing import Any

from django import template
from django.template import RequestContext

from creators.models import Creator
from social.profiles import describe_profile

register = template.Library()


@register.inclusion_tag("social/parts/profile_actions.html", takes_context=True)
def profile_actions(context: RequestContext, profile: Creator) -> dict[str, Any]:
    """Render the counts of a profile, and the buttons to follow, mute, block or report its owner."""
    request = context["request"]
    return {
        "request": request,
        "user": request.user,
        "csrf_token": context.get("csrf_token"),
        "profile": profile,
        "facts": describe_profile(profile, request),
        "is_own": profile.user_id == request.user.pk,
    }
