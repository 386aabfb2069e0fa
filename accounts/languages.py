"""The user's language. A cookie stores it for this browser, and `User.language` for emails and other browsers."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language, override
from django.views.decorators.http import require_POST
from django.views.i18n import set_language

from accounts.mail_limits import LIMITED, is_known_browser, limit_mail
from accounts.models import User
from accounts.networks import name_network


@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    """Store the language that the user chose and redirect back. An unsupported language is ignored."""
    language = request.POST.get("language", "")
    if isinstance(request.user, User) and language in dict(settings.LANGUAGES):
        User.objects.filter(pk=request.user.pk).update(language=language)
    response: HttpResponse = set_language(request)
    return response


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """Allauth adapter that applies the user's stored language on sign-in, unless the browser already has one."""

    def get_site_name(self) -> str:
        """Return the shop's name for emails about accounts. The site overrides it with the name set by staff."""
        return str(settings.SITE_NAME)

    def clean_email(self, email: str) -> str:
        """Refuse what would send one email too many before anything is stored."""
        limit_mail(email, dry_run=True)
        return str(super().clean_email(email))

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send an email of allauth's, in the language of whoever reads it and not of whoever caused it."""
        if template_prefix in LIMITED:
            limit_mail(email)
        user = context.get("user") or User.objects.filter(email__iexact=email).first()
        with override(getattr(user, "language", "") or get_language() or settings.LANGUAGE_CODE):
            super().send_mail(template_prefix, email, context)

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Count failed sign-ins to an account for each network, and apart for browsers that were signed in to it.

        Otherwise a stranger could keep somebody out. allauth has no public name for this.
        """
        key, email = super()._get_login_attempts_cache_key(request, **credentials), credentials.get("email", "")
        is_known = is_known_browser(request, email)
        client = "known browser" if is_known else name_network(request.META.get("REMOTE_ADDR", ""))
        return f"{key}:{client}"

    def post_login(self, request: HttpRequest, user: User, **login: Any) -> HttpResponse:
        response: HttpResponse = super().post_login(request, user, **login)
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
        if user.language and not chosen:
            response.set_cookie(
                settings.LANGUAGE_COOKIE_NAME,
                user.language,
                max_age=settings.LANGUAGE_COOKIE_AGE,
                secure=settings.LANGUAGE_COOKIE_SECURE,
                httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
                samesite="Lax",
            )
        elif not user.language:
            User.objects.filter(pk=user.pk).update(language=get_language() or settings.LANGUAGE_CODE)
        return response
