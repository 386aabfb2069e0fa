"""Fixtures for every test: shopper, creator, moderator, merchant and stranger, and clients that are signed in as them."""

import gc
import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as site_settings
from django.contrib.auth.models import Permission
from django.core.files.storage import storages
from django.test import Client, override_settings
from django.utils import translation
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from redis import Redis
from redis.exceptions import RedisError

from accounts.models import User
from catalog import site
from creators.models import Creator
from feed.page.cache import clear_caches
from feed.page.model_store import models_folder
from tests.factories import make_creator, make_user
from tests.object_store import ObjectStore, run_object_store

# No test is timed: a busy machine fails none.
hypothesis_settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis_settings.load_profile("untimed")


def pytest_collection_finish() -> None:
    """Look for garbage less often, and not among the modules that are loaded by now: it saves a tenth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)


@pytest.fixture(autouse=True, scope="module")
def no_garbage() -> Iterator[None]:
    """Collect the garbage of each module, which is gigabytes over a thousand tests otherwise."""
    yield
    gc.collect()


@pytest.fixture(autouse=True, scope="session")
def plain_static_files_and_fast_hashing() -> Iterator[None]:
    """Serve static files straight from the apps, without hashed names, and hash passwords fast."""
    Path(site_settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)
    plain = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
    # Most tests are not about signing in, and a strong hash takes a second.
    hashers = ["tests.hashing.QuickHasher"]
    with override_settings(STORAGES=site_settings.STORAGES | plain, PASSWORD_HASHERS=hashers):
        yield


@pytest.fixture(autouse=True)
def empty_feed_caches() -> None:
    """Empty the feed's caches and delete its trained models before each test, because the database is empty too."""
    shutil.rmtree(models_folder(), ignore_errors=True)
    clear_caches()


@pytest.fixture(autouse=True)
def no_counted_requests() -> None:
    """Forget what earlier tests sent within this minute: the limits of a network count all its clients together."""
    with suppress(RedisError), Redis.from_url(str(site_settings.REDIS_URL)) as valkey:
        if counters := valkey.keys("*:network:*"):
            valkey.delete(*counters)


@pytest.fixture(autouse=True)
def plain_site_in_english() -> None:
    """Keep the settings of an empty shop, so that reading them adds no query, and forget an earlier test's language."""
    site.keep_site(site.Site(str(site_settings.SITE_NAME)), seconds=3600)
    translation.deactivate()


@pytest.fixture
def object_store(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ObjectStore]:
    """Keep files in an S3-compatible server of the test, as with S3_BUCKET, and its own DATA_DIR for everything else."""
    with run_object_store() as store:
        for name, value in store.variables.items():
            monkeypatch.setenv(name, value)
        settings.DATA_DIR = tmp_path / "data"
        settings.STORAGES = settings.STORAGES | store.storages
        yield store
        for name in store.storages:
            getattr(storages[name], "connection").meta.client.close()  # noqa: B009  # storages have no common type


@pytest.fixture
def own_folders(settings: Any, tmp_path: Path) -> None:
    """Keep uploads, originals, catalogues and media in the folder of the test."""
    settings.DATA_DIR, settings.MEDIA_ROOT = tmp_path / "data", tmp_path / "media"
    for name in ("originals", "catalogues"):
        (tmp_path / name).mkdir()
        folder = {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path / name, "base_url": None},
        }
        settings.STORAGES = settings.STORAGES | {name: folder}


@pytest.fixture
def no_request_limits(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Answer however many requests the test sends."""
    settings.ACCOUNT_RATE_LIMITS, settings.NETWORK_RATES = False, {}
    monkeypatch.setattr("rest_framework.throttling.ScopedRateThrottle.allow_request", lambda *_args: True)


@pytest.fixture
def unrecorded_parcels(settings: Any) -> None:
    """Let orders be sent from another system: they can be returned from the payment on."""
    settings.RECORD_PARCELS = False


@pytest.fixture
def shopper() -> User:
    return make_user("shopper@example.com")


@pytest.fixture
def stranger() -> User:
    return make_user("stranger@example.com")


@pytest.fixture
def creator() -> Creator:
    return make_creator("maya")


@pytest.fixture
def moderator() -> User:
    return make_staff("moderator@example.com", "videos")


@pytest.fixture
def merchant() -> User:
    return make_staff("merchant@example.com", "catalog")


def make_staff(email: str, app_label: str) -> User:
    """Return a staff member with every permission of one app."""
    user = make_user(email, is_staff=True)
    user.user_permissions.set(Permission.objects.filter(content_type__app_label=app_label))
    return user


@pytest.fixture
def as_shopper(shopper: User) -> Client:
    return client_of(shopper)


@pytest.fixture
def as_creator(creator: Creator) -> Client:
    return client_of(creator.user)


@pytest.fixture
def as_moderator(moderator: User) -> Client:
    return client_of(moderator)


@pytest.fixture
def as_stranger(stranger: User) -> Client:
    return client_of(stranger)


def client_of(user: User) -> Client:
    """Return a client that is signed in as the user."""
    client = Client()
    client.force_login(user)
    return client
