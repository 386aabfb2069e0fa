"""Who sends a request, as the counting of share links knows them."""

from datetime import datetime

from django.http import HttpRequest

from accounts.networks import hash_network
from feed.events.identity import Identity, identify_signed_in_viewer
from social.sharing.links import Opener


def opener_of(request: HttpRequest, identity: Identity) -> Opener:
    return Opener(request.user.pk, identity.key, hash_network(request))


def identify_opener(request: HttpRequest, *, now: datetime) -> Opener:
    return opener_of(request, identify_signed_in_viewer(request, now=now))
