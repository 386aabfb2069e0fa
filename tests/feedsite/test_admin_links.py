"""No page that a role may open has a link to a page of admin that is closed to it."""

import re
from urllib.parse import urlsplit

import pytest
from django.contrib.auth.models import Group
from django.test import Client

from feedsite.roles import ROLES
from tests.factories import make_user
from tests.feedsite.admin_pages import list_page, registered_models, row_pages, sign_in_staff
from tests.feedsite.full_shop import make_full_shop
from videos.models import Clip

pytestmark = pytest.mark.django_db
LINK = re.compile(r'<a [^>]*href="(/admin/[^"#]*)"')
EXTRA = ("/admin/", "/admin/videos/clip/desk/", "/admin/social/report/desk/")


def open_pages(client: Client) -> list[tuple[str, str]]:
    """Return the address and content of each page that the client may open: lists, two rows of each, and some others."""
    addresses = list(EXTRA)
    for model in registered_models():
        rows = model._default_manager.order_by("pk")
        last = rows.last()
        chosen = [row for row in (rows.first(), last) if row is not None]
        addresses += [list_page(model).address, *(page.address for row in chosen for page in row_pages(model, row))]
    addresses += [f"/admin/videos/clip/desk/{code}/" for code in Clip.objects.values_list("code", flat=True)[:3]]
    answers = ((address, client.get(address)) for address in dict.fromkeys(addresses))
    return [(address, answer.content.decode()) for address, answer in answers if answer.status_code == 200]


def test_no_link_is_closed_to_the_role_that_sees_it() -> None:
    make_full_shop()
    closed: dict[tuple[str, str], str] = {}
    for role in ROLES:
        user = make_user(is_staff=True)
        user.groups.add(Group.objects.get(name=role))
        client = sign_in_staff(user)
        links: dict[str, str] = {}
        for address, content in open_pages(client):
            for link in LINK.findall(content):
                links.setdefault(urlsplit(link).path, address)
        assert len(links) > 10
        closed |= {(role, link): page for link, page in links.items() if client.get(link).status_code == 403}
    assert closed == {}
