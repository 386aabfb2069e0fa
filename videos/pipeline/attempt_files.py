"""Files made by each attempt at a job. Every attempt has its own folder in the storage that serves them."""

import os
from pathlib import Path

from django.core.files.storage import default_storage

from videos.intake.storage import LocalFile
from videos.models import JobKind, Source
from videos.pipeline.job_states import Claim


def attempt_folder(claim: Claim) -> str:
    """Return an attempt's folder, relative to the source's media folder."""
    return f"av1-{claim.token}" if claim.kind == JobKind.AV1 else f"{claim.token}"


def store_files(source: Source, folder: str, paths: tuple[Path, ...]) -> None:
    """Copy finished files to an attempt's folder in the storage. Keep the local files, because later runs read them."""
    for path in paths:
        link = path.with_name(f"stored-{path.name}")
        os.link(path, link)  # because a local storage renames the file that it stores
        with LocalFile(link) as file:
            default_storage.save(f"{source.media_folder}/{folder}/{path.name}", file)


def discard_attempt(source: Source, folder: str) -> None:
    """Delete every file that an attempt has stored."""
    path = f"{source.media_folder}/{folder}"
    try:
        _folders, names = default_storage.listdir(path)
    except FileNotFoundError:  # nothing has been stored yet
        return
    for name in names:
        default_storage.delete(f"{path}/{name}")
    default_storage.delete(path)


def discard_other_attempts(source: Source, folder: str) -> None:
    """Delete the files that other attempts to make the source playable have stored."""
    folders, _names = default_storage.listdir(source.media_folder)
    for other in folders:
        if other.isdigit() and other != folder:
            discard_attempt(source, other)
