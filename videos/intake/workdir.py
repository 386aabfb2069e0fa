"""Temporary folders in which workers process jobs. A folder is removed even if its worker dies."""

import fcntl
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings


@contextmanager
def work_folder() -> Iterator[Path]:
    """Yield a temporary folder with the subfolders `in` and `out`.

    It is on the same disk as the media storage, so that a local storage can rename files into place.

    A locked file beside the folder shows that the folder is in use. The kernel releases the lock when the process ends,
    even after a crash. The next worker on this machine therefore recognizes abandoned folders and removes them.
    """
    root = settings.DATA_DIR / "work"
    root.mkdir(parents=True, exist_ok=True)
    _remove_abandoned(root)
    lock_path = root / f"{secrets.token_hex(8)}.lock"
    with lock_path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        folder = lock_path.with_suffix("")
        try:
            for name in ("in", "out"):
                (folder / name).mkdir(parents=True)
            yield folder
        finally:
            _remove(lock_path)


def _remove_abandoned(root: Path) -> None:
    for lock_path in root.glob("*.lock"):
        try:
            with lock_path.open() as lock:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                _remove(lock_path)
        except (BlockingIOError, FileNotFoundError):  # in use, or removed by another worker
            continue


def _remove(lock_path: Path) -> None:
    shutil.rmtree(lock_path.with_suffix(""), ignore_errors=True)
    lock_path.unlink(missing_ok=True)
