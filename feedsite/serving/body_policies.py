"""What bodies the addresses of the site take, and the guard with these limits."""

import re
from dataclasses import replace

from django.conf import settings

from feedsite.serving.application import BodyPolicy, SlowClientGuard, WsgiApplication
from feedsite.serving.bodies import Pace
from videos.intake.disk import SPARE_BYTES, uploads_folder

THREADS = 8
PAGE_BYTES = 32 << 20
"""Longest body of a page or endpoint that takes no video and no photos: a picture, and what the bank answers. nginx.conf has it, too."""

UPLOAD_PATHS = re.compile(
    r"/api/v1/uploads/|/api/v1/clips/[^/]+/(file|photos)/|/studio/(upload|photos|clips/[^/]+/edit)/"
)
RESUMABLE_PATHS = re.compile(r"/api/v1/uploads/")
FORM_MARGIN = 100 << 20
"""So much longer than a permitted file a body may be, so that a form can say at its field that a file is too large."""

ASKS_FIRST_BYTES = 8 << 20
"""Strangers can't fill the disk with bodies that are longer. Resumable uploads usually come in shorter pieces."""

SLOW = Pace(idle_seconds=30, grace_seconds=60, bytes_per_second=1000)
PAGES = BodyPolicy(PAGE_BYTES, Pace(10, 20, 4000), SPARE_BYTES, max_at_once=2048)
STRANGERS = BodyPolicy(settings.UPLOAD_MAX_BYTES + FORM_MARGIN, SLOW, SPARE_BYTES, max_at_once=2)
SHORT = replace(STRANGERS, max_at_once=1024)
UPLOADS = replace(
    STRANGERS, max_at_once=64, asks_first_bytes=ASKS_FIRST_BYTES, for_strangers=STRANGERS, for_short=SHORT
)
RESUMABLE = BodyPolicy(
    settings.UPLOAD_MAX_BYTES,
    SLOW,
    SPARE_BYTES,
    max_at_once=64,
    keeps_partial_bodies=True,
    asks_first_bytes=ASKS_FIRST_BYTES,
    for_short=replace(SHORT, max_bytes=ASKS_FIRST_BYTES, keeps_partial_bodies=True),
)


def choose_policy(path: str) -> BodyPolicy:
    if RESUMABLE_PATHS.match(path):
        return RESUMABLE
    return UPLOADS if UPLOAD_PATHS.match(path) else PAGES


def guard(wsgi: WsgiApplication) -> SlowClientGuard:
    """Return the application as granian serves it."""
    return SlowClientGuard(wsgi, choose_policy=choose_policy, folder=uploads_folder(), threads=THREADS)
