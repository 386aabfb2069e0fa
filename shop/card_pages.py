"""The buttons at the kept cards on the account page."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.access import signed_in_user
from shop.kept_cards import make_default_card, remove_card
from shop.models import KeptCard


@require_POST
@login_required
def choose_default_card(request: HttpRequest, pk: int) -> HttpResponse:
    card = _get_card(request, pk)
    make_default_card(card=card)
    messages.success(request, _("%(card)s is offered first from now on.") % {"card": card.isolated_label})
    return _return_to_cards()


@require_POST
@login_required
def remove_kept_card(request: HttpRequest, pk: int) -> HttpResponse:
    card = _get_card(request, pk)
    remove_card(card=card, now=timezone.now())
    messages.success(
        request, _("%(card)s is removed. Nobody can pay with it here any more.") % {"card": card.isolated_label}
    )
    return _return_to_cards()


def _get_card(request: HttpRequest, pk: int) -> KeptCard:
    return get_object_or_404(KeptCard.objects.owned_by(signed_in_user(request)).default_first(), pk=pk)


def _return_to_cards() -> HttpResponse:
    return redirect(f"{reverse('account')}#cards")
