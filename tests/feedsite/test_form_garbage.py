"""Garbage in the HTML forms and addresses of these areas is refused in words, and nothing that was typed is lost.

Addresses come from the routes and from the links of rendered pages, forms from rendered pages. Each request is rolled back.
"""

import re
from pathlib import Path

import pytest
from pytest_django import Settings

from accounts.models import User
from tests.feedsite.full_shop import make_full_shop
from tests.feedsite.prober import Prober, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(900)]
AREAS = (
    "admin/(account|auth)",
    "admin/payouts/",
    "admin/(shop|social)/",
    "admin/([^/]*/?|password_change/done/)$",
    "accounts/",
    "studio/",
)


@pytest.fixture
def shop(settings: Settings, tmp_path: Path, no_request_limits: None) -> User:
    settings.DATA_DIR, settings.MEDIA_ROOT = tmp_path, tmp_path / "media"
    return make_full_shop()


@pytest.mark.parametrize("area", AREAS)
def test_garbage_is_refused_in_words(area: str, shop: User) -> None:
    pattern = re.compile(area)
    prober = Prober(signed_in(shop), lambda route: bool(pattern.match(route)))
    prober.crawl()
    assert prober.find_forms_without_drafts() == set()
    for page, form in prober.forms.values():
        prober.probe_form(page, form)
    for route, path in prober.pages.items():
        prober.probe_queries(route, path)
    assert prober.faults == {}
