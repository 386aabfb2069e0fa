"""The folder in which a worker makes files, and what becomes of it when the worker dies."""

import fcntl
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings


@contextmanager
def work_folder() -> Iterator[Path]:
    """Yield a folder with `in` and `out` on the disk of the media: a local storage takes files by linking them.

    It stands beside a locked file. The kernel drops the lock with the process, whatever ends it, so that the next
    worker here knows which folders nobody works in any more, and removes them.
    """
    root = settings.DATA_DIR / "work"
    root.mkdir(parents=True, exist_ok=True)
    _remove_abandoned(root)
    lock_path = root / f"{secrets.token_hex(8)}.lock"
    with lock_path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        folder = lock_path.with_suffix("")
        try:
            for part in ("in", "out"):
                (folder / part).mkdir(parents=True)
            yield folder
        finally:
            _remove(lock_path)


def _remove_abandoned(root: Path) -> None:
    for lock_path in root.glob("*.lock"):
        try:
            with lock_path.open() as lock:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                _remove(lock_path)
        except (BlockingIOError, FileNotFoundError):  # in use, or another worker was quicker
            continue


def _remove(lock_path: Path) -> None:
    shutil.rmtree(lock_path.with_suffix(""), ignore_errors=True)
    lock_path.unlink(missing_ok=True)
