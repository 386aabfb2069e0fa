"""The language that a person reads: a cookie for the browser, and a column for e-mails and for their next browser."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.views.decorators.http import require_POST
from django.views.i18n import set_language

from accounts.models import User


@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    """Store the choice and go back to where it was made. A language that the site does not speak changes nothing."""
    language = request.POST.get("language", "")
    if isinstance(request.user, User) and language in dict(settings.LANGUAGES):
        User.objects.filter(pk=request.user.pk).update(language=language)
    answer: HttpResponse = set_language(request)
    return answer


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """Brings a person's language along when they sign in."""

    def post_login(self, request: HttpRequest, user: User, **login: Any) -> HttpResponse:
        answer: HttpResponse = super().post_login(request, user, **login)
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
        if user.language and not chosen:
            answer.set_cookie(
                settings.LANGUAGE_COOKIE_NAME,
                user.language,
                max_age=settings.LANGUAGE_COOKIE_AGE,
                secure=settings.LANGUAGE_COOKIE_SECURE,
                httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
                samesite="Lax",
            )
        elif not user.language:
            User.objects.filter(pk=user.pk).update(language=get_language() or settings.LANGUAGE_CODE)
        return answer
