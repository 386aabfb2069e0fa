"""The page on which users manage their email addresses."""

from typing import Any

from allauth.account.views import EmailView
from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.password_links import explain_other_owner


class EmailPage(EmailView):  # type: ignore[misc]  # allauth has no types
    """allauth's page. An address with which somebody else signs in can't become the main one."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            with transaction.atomic():
                response: HttpResponse = super().post(request, *args, **kwargs)
        except IntegrityError:
            messages.error(request, explain_other_owner())
            return redirect("account_email")
        return response
