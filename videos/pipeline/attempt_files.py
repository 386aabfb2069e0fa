"""Storage of the files that a worker makes. Each attempt at a job has its own folder."""

import os
from pathlib import Path

from django.core.files.storage import default_storage

from videos.intake.storage import LocalFile
from videos.models import JobKind, Source
from videos.pipeline.job_states import Claim


def attempt_folder(claim: Claim) -> str:
    """Return the folder for a claim's attempt, relative to the source's media folder."""
    return f"av1-{claim.token}" if claim.kind == JobKind.AV1 else f"{claim.token}"


def store_files(source: Source, folder: str, paths: tuple[Path, ...]) -> None:
    """Copy finished files to an attempt's folder in the storage. Keep the local files, which later ffmpeg runs read."""
    for path in paths:
        link = path.with_name(f"stored-{path.name}")
        os.link(path, link)  # because a local storage renames the file that it stores
        with LocalFile(link) as file:
            default_storage.save(f"{source.media_folder}/{folder}/{path.name}", file)


def discard_attempt(source: Source, folder: str) -> None:
    """Delete all files in an attempt's folder."""
    path = f"{source.media_folder}/{folder}"
    try:
        _folders, names = default_storage.listdir(path)
    except FileNotFoundError:  # nothing has been stored yet
        return
    for name in names:
        default_storage.delete(f"{path}/{name}")
    default_storage.delete(path)


def discard_other_attempts(source: Source, folder: str) -> None:
    """Delete the folders of all other attempts to make the source playable. Keep `folder` and the AV1 folders."""
    folders, _names = default_storage.listdir(source.media_folder)
    for other in folders:
        if other.isdigit() and other != folder:
            discard_attempt(source, other)
