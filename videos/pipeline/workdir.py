"""Work folders of jobs. A folder is removed even if its worker dies."""

import fcntl
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings


@contextmanager
def work_folder() -> Iterator[Path]:
    """Yield a folder with the subfolders `in` and `out`, on the same disk as the media storage.

    Being on that disk lets a local storage rename files into place. Beside the folder is a locked file. The kernel
    releases the lock however the process ends, so the next worker on this machine recognizes and removes abandoned
    folders.
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
