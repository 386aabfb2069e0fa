"""Names that could be taken for somebody else's: the shop's, its staff's, or another creator's."""

import unicodedata
from base64 import b64encode
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from accounts.models import User
from creators import profiles
from creators.models import Agency, Creator
from creators.names import clean_name
from shop.models import Address
from tests.conftest import client_of
from tests.factories import make_creator, make_user
from tests.shop.conftest import ADDRESS
from videos.models import Upload

pytestmark = pytest.mark.django_db
HIDDEN = "\u202e\u2066\u200e\u061c\u200b\u2060\ufeff\u00ad\u3164"


def join(user: User, handle: str, name: str = "Mina") -> Any:
    values = {"handle": handle, "display_name": name, "bio": "", "confirms_adult": "on"}
    return client_of(user).post("/studio/join/", values)


@pytest.mark.parametrize(
    "handle",
    [
        "admin",
        "ADMIN",
        "adm1n",
        "a.d.m.i.n",
        "support",
        "supp0rt",
        "moderator",
        "rnoderator",
        "staff",
        "feedsite",
        "feed_s1te",
        *("...", "___", ".mina", "mina.", "mi..na", "mi._na", "._.", "mina@shop", "\u043cina", "mi\u200bna"),
    ],
)
def test_handle_that_is_reserved_or_only_signs_is_refused(shopper: User, handle: str) -> None:
    answer = join(shopper, handle)
    assert answer.status_code in (200, 422) and answer.context["form"].errors["handle"]
    assert not Creator.objects.exists()


@pytest.mark.parametrize(
    "handle", ["mina_makes", "minamakes", "m1na.makes", "mlna.makes", "rnina.makes", "mina.rnakes"]
)
def test_handle_that_looks_like_another_creators_is_refused(
    shopper: User, handle: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_creator("mina.makes")
    answer = join(shopper, handle)
    assert answer.context["form"].errors["handle"] == [
        "This handle looks too much like somebody else's. Choose another."
    ]
    assert not Creator.objects.filter(user=shopper).exists()
    monkeypatch.setattr(profiles, "is_lookalike", lambda *_args, **_kwargs: False)  # without the guard
    assert join(shopper, handle).status_code == 302


def test_own_handle_may_change_in_looks_only() -> None:
    creator = make_creator("mina.makes")
    page = client_of(creator.user)
    values = {"handle": "mina_makes", "display_name": creator.display_name, "bio": ""}
    assert page.post("/studio/profile/", values).status_code == 302
    creator.refresh_from_db()
    assert creator.handle == "mina_makes"
    assert join(make_user("other@example.com"), "mina.makes").context["form"].errors["handle"]  # reserved for its owner


@pytest.mark.parametrize(
    "name",
    [
        "Admin",
        "ADMIN",
        "\u0410dmin",
        "\u0430dmin",
        "Adm\u0456n",
        "Supp\u03bfrt",
        "S u p p o r t",
        "A-d-m-i-n",
        "\uff33taff",
        "\U0001d400\U0001d403\U0001d40c\U0001d408\U0001d40d",
        "\u1d2c\u1d30\u1d39\u1d35\u1d3a",
        *(
            "Feedsite",
            "Feed\u200bsite",
            "Adm\u202ein",
            "\u041cina",
            "Min\u0430",
            "...",
            "\u200b",
            HIDDEN,
            "\u2800\u3164",
            "\ufb2c" * 60,
        ),
    ],
)
def test_name_that_deceives_or_is_empty_is_refused(creator: Creator, name: str) -> None:
    values = {"handle": creator.handle, "display_name": name, "bio": ""}
    before = creator.display_name
    answer = client_of(creator.user).post("/studio/profile/", values)
    assert answer.context["form"].errors["display_name"], unicodedata.normalize("NFC", name)
    creator.refresh_from_db()
    assert creator.display_name == before


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        (f"Mi{HIDDEN}na  R.", "Mina R."),
        ("Mi\u200dna", "Mina"),
        ("e\u0301le\u0301na", "\u00e9l\u00e9na"),
        ("\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645", "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645"),
        ("\U0001f469\u200d\U0001f373 Mina", "\U0001f469\u200d\U0001f373 Mina"),
        ("\u041c\u0438\u043d\u0430 Smith", "\u041c\u0438\u043d\u0430 Smith"),
        ("\u05de\u05d9\u05e0\u05d4", "\u05de\u05d9\u05e0\u05d4"),
        ("A", "A"),
    ],
)
def test_honest_names_are_kept_without_what_nobody_sees(typed: str, stored: str) -> None:
    assert clean_name(typed) == stored


def test_names_of_before_stay_until_they_are_changed(as_creator: Client, creator: Creator) -> None:
    Creator.objects.filter(pk=creator.pk).update(display_name="Support", handle="a__b")
    values = {"handle": "a__b", "display_name": "Support", "bio": "New."}
    assert as_creator.post("/studio/profile/", values).status_code == 302
    creator.refresh_from_db()
    assert (creator.handle, creator.display_name, creator.bio) == ("a__b", "Support", "New.")


def test_staff_write_no_deceptive_name_either(admin_client: Client, creator: Creator) -> None:
    address = f"/admin/creators/creator/{creator.pk}/change/"
    page = admin_client.get(address).content.decode()
    assert "display_name" in page
    admin_client.post(address, {"handle": "support", "display_name": "Adm\u0456n", "bio": ""})
    creator.refresh_from_db()
    assert creator.handle == "maya" and creator.display_name != "Adm\u0456n"


def test_error_names_what_to_do() -> None:
    with pytest.raises(ValidationError, match="letters of one alphabet"):
        clean_name("Min\u0430")


TURNED = "\u202e4pm.maya\u202c\u200b.mp4"
"""Shown as a name that ends otherwise, with a character that nobody sees."""


def test_file_is_listed_under_a_name_that_reads_as_it_is(as_creator: Client, creator: Creator) -> None:
    metadata = f"filename {b64encode(TURNED.encode()).decode()}"
    headers = {"Tus-Resumable": "1.0.0", "Upload-Length": "1000", "Upload-Metadata": metadata}
    assert as_creator.post("/api/v1/uploads/", headers=headers).status_code == 201
    assert Upload.objects.get().user_file_name == "4pm.maya.mp4"


def test_address_has_nothing_that_nobody_sees(as_shopper: Client, shopper: User) -> None:
    hidden = {name: f"\u202e{value}\u200b" for name, value in ADDRESS.items() if name in ("name", "street", "city")}
    answer = as_shopper.post("/addresses/new/", ADDRESS | hidden)
    assert answer.status_code == 302, answer.context["form"].errors
    address = Address.objects.get(user=shopper)
    assert {name: getattr(address, name) for name in hidden} == {name: ADDRESS[name] for name in hidden}
    refused = as_shopper.post("/addresses/new/", ADDRESS | {"name": "\u202e\u2800"})
    assert refused.status_code == 422 and Address.objects.count() == 1


def test_staff_name_no_agency_with_what_nobody_sees(admin_client: Client) -> None:
    values = {"slug": "north", "notice_days": 30, "user": ""}
    for name in ("\u200b\u202e", "\u202eNorth Talent", "North\u200b Talent"):
        admin_client.post("/admin/creators/agency/add/", values | {"name": name})
    assert not Agency.objects.exists()
    admin_client.post("/admin/creators/agency/add/", values | {"name": "North Talent"})
    assert Agency.objects.get().name == "North Talent"
