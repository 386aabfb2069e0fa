"""Ranking models in the object store, through which machines share them. Each machine maps its own copy into memory."""

import logging
import secrets
import shutil
from pathlib import Path

from django.core.files.storage import storages

from accounts.object_storage import ObjectStorage, StoreAway

logger = logging.getLogger(__name__)
MODELS_SHARED = 2
MODEL, CLIPS = "model.npz", "clips.npy"


def shared_models() -> ObjectStorage | None:
    """Return the storage of shared models, or None if files are on this machine's disk."""
    storage = storages["ranking"] if "ranking" in storages.backends else None
    return storage if isinstance(storage, ObjectStorage) else None


def share_model(model: Path) -> None:
    """Put a complete model's folder into the store, and delete old ones there. If the store is away, only log it.

    The clips' ids come last, so a model that has them is whole.
    """
    storage = shared_models()
    if storage is None:
        return
    try:
        for name in (MODEL, CLIPS):
            with (model / name).open("rb") as file:
                storage.delete(f"{model.name}/{name}")
                storage.save(f"{model.name}/{name}", file)
        for old in sorted(storage.listdir("")[0])[:-MODELS_SHARED]:
            for name in (CLIPS, MODEL):
                storage.delete(f"{old}/{name}")
    except StoreAway:
        logger.warning("The new ranking model stays on this machine: the object store is away.")


def fetch_model(folder: Path) -> None:
    """Copy the newest shared model into a machine's folder of models, unless it is there or the store is away.

    Copies that others make at the same time do no harm: each gets its final name when it is complete.
    """
    storage = shared_models()
    if storage is None:
        return
    draft = folder / f".{secrets.token_hex(8)}"
    try:
        newest = max(storage.listdir("")[0], default="")
        if not newest or (folder / newest).exists():
            return
        draft.mkdir(parents=True)
        for name in (CLIPS, MODEL):
            with storage.open_range(f"{newest}/{name}") as stored, (draft / name).open("wb") as copy:
                shutil.copyfileobj(stored, copy, 1 << 20)
        draft.rename(folder / newest)
    except (StoreAway, OSError) as error:  # includes a model that is not whole yet, and another process's copy
        logger.warning("No newer ranking model was fetched: %s", error)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
