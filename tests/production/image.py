"""The files that the image would contain: the build context without what .dockerignore excludes."""

import shutil
from pathlib import Path

from docker.utils.build import exclude_paths

from tests.production.compose import ROOT


def list_files(root: Path = ROOT) -> list[str]:
    """Return the paths of the files that `COPY . /site` copies, relative to `root`."""
    lines = [line.strip() for line in (root / ".dockerignore").read_text().splitlines()]
    patterns = [line for line in lines if line and not line.startswith("#")]
    paths = exclude_paths(str(root), patterns)
    # The builder needs these two, and COPY leaves them out where .dockerignore excludes them.
    return sorted(path for path in paths - {"Dockerfile", ".dockerignore"} if (root / path).is_file())


def copy_files(target: Path, root: Path = ROOT) -> None:
    """Copy the image's files to `target`, which must not exist."""
    for name in list_files(root):
        path = target / name
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(root / name, path)
