"""Staff change handles as their owners do: the old one stays its holder's, and none is given out twice."""

from typing import Any

import pytest
from django.test import Client

from creators.models import Creator, FormerHandle
from creators.names import retire_handles
from tests.conftest import client_of
from tests.factories import make_creator

pytestmark = pytest.mark.django_db


def rename(admin_client: Client, creator: Creator, handle: str) -> Any:
    body = {"handle": handle, "display_name": creator.display_name, "bio": creator.bio}
    return admin_client.post(f"/admin/creators/creator/{creator.pk}/change/", body)


def test_old_handle_leads_to_the_new_one_and_nobody_takes_it(admin_client: Client, client: Client) -> None:
    maya, ben = make_creator("maya"), make_creator("ben")
    assert rename(admin_client, maya, "maya_films").status_code == 302
    maya.refresh_from_db()
    assert (maya.handle, FormerHandle.objects.get().handle) == ("maya_films", "maya")
    assert client.get("/@maya/").headers["Location"] == "/@maya_films/"
    response = rename(admin_client, ben, "maya")
    assert response.status_code == 200 and "This handle is taken." in response.content.decode()
    taking = client_of(ben.user).patch("/api/v1/profile/", {"handle": "maya"}, content_type="application/json")
    assert taking.status_code == 400
    ben.refresh_from_db()
    assert ben.handle == "ben"


def test_handle_of_a_deleted_account_is_refused(admin_client: Client) -> None:
    ben = make_creator("ben")
    retire_handles(["gone_away"])
    response = rename(admin_client, ben, "gone.away")
    assert response.status_code == 200 and "looks too much like" in response.content.decode()
    ben.refresh_from_db()
    assert (ben.handle, FormerHandle.objects.count()) == ("ben", 0)
