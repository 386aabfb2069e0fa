"""Static files with hashed names. Imports in ES modules are rewritten to the hashed names."""

import fcntl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.management import call_command
from whitenoise.storage import CompressedManifestStaticFilesStorage


class ModuleManifestStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # whitenoise has no types
    support_js_module_import_aggregation = True


def collect_changed_files() -> bool:
    """Collect static files if this machine's folder lacks any of this version. Return whether it did.

    A web process without them could show no page. Files of other versions stay, for processes that still run.
    """
    if not isinstance(staticfiles_storage, ModuleManifestStorage):
        return False  # names without hashes are found in the apps
    root = Path(settings.STATIC_ROOT)
    root.mkdir(parents=True, exist_ok=True)
    with (root.parent / f"{root.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not any(_missing_files(root)):
            return False
        call_command("collectstatic", interactive=False, verbosity=0)
    return True


def _missing_files(root: Path) -> Iterator[str]:
    """Yield the names of the sources whose current content is not collected."""
    collected_storage: Any = staticfiles_storage
    hashed_names, _hash = collected_storage.load_manifest()
    for finder in get_finders():
        for name, storage in finder.list([]):
            collected = root / name
            with storage.open(name) as source:
                if name not in hashed_names or not collected.exists() or collected.read_bytes() != source.read():
                    yield name
