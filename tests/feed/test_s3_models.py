"""With S3, machines share the ranking model through the bucket: one trains it, and all rank with it."""

import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from feed.page.cache import clear_caches
from feed.page.model_store import fetch_newer_model, models_folder
from feed.training import train_model
from tests.factories import make_creator, make_enrolment, make_product
from tests.feed.watching import make_watchable_clip, read_feed
from tests.object_store import ObjectStore

pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore::DeprecationWarning")]


@pytest.fixture
def machines(object_store: ObjectStore, settings: Any, tmp_path: Path) -> tuple[Path, Path]:
    """Return the DATA_DIRs of two machines, in a shop with one clip. The first one is the current one."""
    make_watchable_clip(None, make_enrolment(make_creator()), [make_product(), make_product()])
    settings.DATA_DIR = tmp_path / "first"
    return tmp_path / "first", tmp_path / "second"


def names() -> list[str]:
    return sorted(path.name for path in models_folder().glob("*"))


def test_model_trained_on_one_machine_is_fetched_by_another_and_old_ones_are_deleted(
    object_store: ObjectStore, machines: tuple[Path, Path], settings: Any
) -> None:
    now = timezone.now()
    for minutes in (0, 15, 30):
        train_model(now=now + timedelta(minutes=minutes))
    trained = names()
    assert len(trained) == 2
    assert sorted({key.split("/")[1] for key in object_store.keys if key.startswith("ranking/")}) == trained
    settings.DATA_DIR = machines[1]
    fetch_newer_model()
    fetch_newer_model()
    assert names() == trained[-1:]
    for name in ("model.npz", "clips.npy"):
        fetched = (machines[1] / "ranking" / trained[-1] / name).read_bytes()
        assert fetched == (machines[0] / "ranking" / trained[-1] / name).read_bytes()
    clear_caches()
    assert len(read_feed(Client())["clips"]) == 1


def test_model_that_is_not_whole_in_the_bucket_is_not_used(
    object_store: ObjectStore, machines: tuple[Path, Path], settings: Any
) -> None:
    train_model(now=timezone.now())
    (clips,) = (key for key in object_store.keys if key.endswith("clips.npy"))
    object_store.client.delete_object(Bucket="shop", Key=clips)
    settings.DATA_DIR = machines[1]
    fetch_newer_model()
    assert names() == []


def test_feed_and_training_go_on_while_the_store_is_away(
    object_store: ObjectStore, machines: tuple[Path, Path]
) -> None:
    with object_store.refusing():
        train_model(now=timezone.now())
        fetch_newer_model()
        clear_caches()
        assert len(read_feed(Client())["clips"]) == 1
    assert len(names()) == 1


def test_machine_whose_disk_was_lost_gets_the_model_back(
    object_store: ObjectStore, machines: tuple[Path, Path]
) -> None:
    train_model(now=timezone.now())
    trained = names()
    shutil.rmtree(machines[0])
    fetch_newer_model()
    assert names() == trained
