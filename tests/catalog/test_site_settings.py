"""The shop's name, logo, colours and contact, which staff set in admin and every process shows within seconds."""

import io
import subprocess
import sys
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from PIL import Image
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from catalog import site
from catalog.colours import MIN_CONTRAST, contrast, mix, theme_css, worst_contrast
from catalog.models import SiteSettings
from catalog.models.site import Posters
from tests.conftest import client_of
from tests.factories import make_user

pytestmark = pytest.mark.django_db
ADD, CHANGE = "/admin/catalog/sitesettings/add/", "/admin/catalog/sitesettings/1/change/"


@pytest.fixture(autouse=True)
def fresh_settings(settings: Settings, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    site.forget_site()


@pytest.fixture
def admin() -> Client:
    return client_of(make_user("admin@example.com", is_staff=True, is_superuser=True))


def save(admin: Client, url: str = ADD, **fields: Any) -> Any:
    names = ("name", "light_accent", "dark_accent", "contact_email", "contact_phone", "postal_address")
    return admin.post(url, dict.fromkeys(names, "") | {"posters": Posters.CREATORS} | fields)


def picture(mode: str = "RGBA", size: tuple[int, int] = (500, 200)) -> SimpleUploadedFile:
    file = io.BytesIO()
    Image.new(mode, size).save(file, "PNG")
    return SimpleUploadedFile("logo.png", file.getvalue())


def test_until_staff_enter_a_name_the_environment_gives_it(client: Client, settings: Settings) -> None:
    settings.SITE_NAME = "Corner shop"
    assert "<title>Search · Corner shop</title>" in client.get("/search/").content.decode()


def test_a_change_shows_at_once_on_pages_admin_manifest_and_in_emails(
    admin: Client, client: Client, mailoutbox: list[Any]
) -> None:
    assert "feedsite" in client.get("/search/").content.decode()
    assert save(admin, name="Inspire", contact_email="hello@inspire.example").status_code == 302
    page = client.get("/search/").content.decode()
    assert "<title>Search · Inspire</title>" in page and "mailto:hello@inspire.example" in page
    assert "Inspire" in admin.get("/admin/").content.decode()
    assert client.get("/manifest.webmanifest").json()["name"] == "Inspire"
    client.post("/accounts/password/reset/", {"email": "admin@example.com"})
    assert "Inspire" in mailoutbox[0].subject + mailoutbox[0].body
    assert "example.com:8000" not in mailoutbox[0].body


def test_another_process_sees_a_change_within_seconds(admin: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr("catalog.site.time.monotonic", lambda: now[0])
    assert site.site_name() == "feedsite"
    SiteSettings.objects.create(pk=1, name="Inspire")  # as another process does
    assert site.site_name() == "feedsite"
    now[0] += site.LIFETIME_S
    assert site.site_name() == "Inspire"
    assert site.LIFETIME_S <= 5


def test_there_is_one_row_that_cannot_be_deleted(admin: Client) -> None:
    assert ADD in admin.get("/admin/catalog/sitesettings/").content.decode()
    save(admin, name="Inspire")
    assert CHANGE in admin.get("/admin/catalog/sitesettings/").content.decode()
    assert admin.get(ADD).headers["Location"] == save(admin, name="Second").headers["Location"] == CHANGE
    assert admin.get("/admin/catalog/sitesettings/1/delete/").status_code == 403
    with pytest.raises(IntegrityError), transaction.atomic():
        SiteSettings.objects.create(pk=2)
    assert SiteSettings.objects.get().name == "Inspire"


def test_only_staff_with_the_permission_change_it(as_moderator: Client) -> None:
    assert save(as_moderator, name="Mine").status_code == 403
    assert not SiteSettings.objects.exists()
    user = make_user("editor@example.com", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(content_type__model="sitesettings"))
    assert save(client_of(user), name="Inspire").status_code == 302


@pytest.mark.parametrize(
    ("field", "colour", "sentence"),
    [
        ("light_accent", "#ffcc00", "Too little contrast to be read on light pages"),
        ("light_accent", "#808080", "Too little contrast to be read on light pages"),
        ("dark_accent", "#333399", "Too little contrast to be read on dark pages"),
        ("light_accent", "red", "Write a colour as # and six digits, such as #b3261e."),
        ("dark_accent", "#12345", "Write a colour as # and six digits, such as #b3261e."),
        ("light_accent", "#12345g", "Write a colour as # and six digits, such as #b3261e."),
    ],
)
def test_unreadable_colours_are_refused_at_their_field(
    admin: Client, client: Client, field: str, colour: str, sentence: str
) -> None:
    response = save(admin, name="Inspire", **{field: colour})
    assert response.status_code == 200
    page = response.content.decode()
    assert sentence in page and f'value="{colour}"' in page and 'value="Inspire"' in page
    assert not SiteSettings.objects.exists()
    assert "--accent-light" not in client.get("/search/").content.decode()


def test_colours_reach_every_page_within_the_content_security_policy(admin: Client, client: Client) -> None:
    save(admin, light_accent="#1D4ED8", dark_accent="#93c5fd")
    response = client.get("/search/")
    nonce = response.headers["Content-Security-Policy"].split("'nonce-")[1].split("'")[0]
    assert f'<style nonce="{nonce}">:root {{ --accent-light: #1d4ed8;' in response.content.decode()
    assert "--accent-dark: #93c5fd" in response.content.decode()


def test_contrast_is_that_of_the_standard() -> None:
    assert round(contrast("#000000", "#ffffff"), 2) == 21
    assert round(contrast("#777777", "#ffffff"), 2) == 4.48
    assert mix("#000000", "#ffffff", 0.5) == "#808080"
    assert worst_contrast("#1d4ed8", is_dark=False) >= MIN_CONTRAST > worst_contrast("#1d4ed8", is_dark=True)
    assert theme_css("", "") == ""
    assert "dark" not in theme_css("#1d4ed8", "")


def test_a_logo_keeps_its_transparency_and_replaces_the_mark(admin: Client, client: Client) -> None:
    assert save(admin, name="Inspire", logo=picture()).status_code == 302
    stem = SiteSettings.objects.get().logo_stem
    address = f"/media/{stem}-384.webp"
    assert f'<img class="brand__logo" src="{address}" alt="">' in client.get("/search/").content.decode()
    assert client.get("/favicon.ico").headers["Location"] == address
    with default_storage.open(f"{stem}-384.webp") as file, Image.open(file) as stored:
        assert stored.mode == "RGBA" and stored.getpixel((0, 0))[3] == 0  # type: ignore[index]  # four channels
    assert client.get(address).getvalue()[8:12] == b"WEBP"
    assert "<img" in admin.get(CHANGE).content.decode()


def test_a_replaced_or_removed_logo_is_deleted_and_other_changes_keep_it(
    admin: Client, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    save(admin, logo=picture())
    first = SiteSettings.objects.get().logo_stem
    save(admin, CHANGE, name="Inspire")
    assert SiteSettings.objects.get().logo_stem == first
    with django_capture_on_commit_callbacks(execute=True):
        save(admin, CHANGE, logo=picture("RGB"))
    second = SiteSettings.objects.get().logo_stem
    assert second != first and not default_storage.exists(f"{first}-384.webp")
    with django_capture_on_commit_callbacks(execute=True):
        save(admin, CHANGE, removes_logo="on")
    assert SiteSettings.objects.get().logo_stem == "" and not default_storage.exists(f"{second}-384.webp")


def test_a_file_that_is_no_picture_is_refused_at_its_field(admin: Client) -> None:
    response = save(admin, name="Inspire", logo=SimpleUploadedFile("logo.svg", b"<svg onload=alert(1)>"))
    page = response.content.decode().replace("&#x27;", "'")
    assert (
        "We can't open this file as a picture. Choose a JPEG, PNG, WebP, GIF, HEIC or AVIF file." in page
        and 'value="Inspire"' in page
    )
    assert not SiteSettings.objects.exists()


def test_colours_need_no_django() -> None:
    program = "import sys, catalog.colours; print('django' in sys.modules)"
    output = subprocess.check_output([sys.executable, "-c", program], text=True)
    assert output.strip() == "False"
