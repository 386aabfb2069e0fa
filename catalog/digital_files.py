"""Functions that store the files of digital variants. Nobody but their buyers gets them: see shop.digital."""

import re
import uuid
from collections.abc import Mapping
from datetime import datetime
from functools import partial
from pathlib import PurePath

from django.core.files.storage import storages
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.pasted_text import visible_text
from catalog.models import DigitalFile, Product, Variant

MAX_BYTES = 25_000_000
"""What docs/deploy/nginx.conf lets through, with the rest of the form."""
FILE_NAME_LENGTH = 120
_ZIP, _MP4 = re.compile(rb"PK\x03\x04"), re.compile(rb"....ftyp", re.DOTALL)
KINDS: Mapping[str, tuple[str, re.Pattern[bytes]]] = {
    ".pdf": ("application/pdf", re.compile(rb"%PDF-")),
    ".epub": ("application/epub+zip", _ZIP),
    ".zip": ("application/zip", _ZIP),
    ".mp3": ("audio/mpeg", re.compile(rb"ID3|\xff[\xe2-\xff]")),
    ".m4a": ("audio/mp4", _MP4),
    ".flac": ("audio/flac", re.compile(rb"fLaC")),
    ".ogg": ("audio/ogg", re.compile(rb"OggS")),
    ".mp4": ("video/mp4", _MP4),
    ".png": ("image/png", re.compile(rb"\x89PNG\r\n\x1a\n")),
    ".jpg": ("image/jpeg", re.compile(rb"\xff\xd8\xff")),
    ".webp": ("image/webp", re.compile(rb"RIFF....WEBP", re.DOTALL)),
}
"""By the end of the name: the type, and how such a file begins. Sources: the formats' specifications; nothing that runs."""


class FileRefused(Exception):
    """A refused file. Nothing was changed. The message says why."""


def store_digital_file(
    *, variant: Variant, upload: UploadedFile[bytes], uploaded_by: User, now: datetime
) -> DigitalFile:
    """Store what the buyers of a variant download, in place of an earlier file, and make the variant digital.

    The stock of a variant that was not digital is not counted from then on, until somebody counts it. A product of
    digital variants alone is not found near pickup places. Raises FileRefused.
    """
    file_name, content_type = _check(upload)
    stored_name = f"{DigitalFile.FOLDER}/{uuid.uuid4().hex}{PurePath(file_name).suffix.lower()}"
    storage = storages["default"]
    storage.save(stored_name, upload)
    values = {
        "stored_name": stored_name,
        "file_name": file_name,
        "content_type": content_type,
        "size_bytes": upload.size or 0,
        "uploaded_by": uploaded_by,
        "uploaded_at": now,
    }
    with transaction.atomic():
        Variant.objects.select_for_update().get(pk=variant.pk)
        earlier = DigitalFile.objects.filter(variant=variant).values_list("stored_name", flat=True).first()
        file, _is_new = DigitalFile.objects.update_or_create(variant=variant, defaults=values)
        Variant.objects.filter(pk=variant.pk, is_digital=False).update(is_digital=True, is_counted=False)
        if not Variant.objects.filter(product=variant.product_id, is_digital=False).exists():
            Product.objects.filter(pk=variant.product_id).update(can_be_picked_up=False)
        if earlier:
            transaction.on_commit(partial(storage.delete, earlier))
    return file


def _check(upload: UploadedFile[bytes]) -> tuple[str, str]:
    """Return the name under which the file is downloaded, and its type. Raises FileRefused."""
    name = visible_text(PurePath(upload.name or "").name)
    suffix = PurePath(name).suffix.lower()
    if suffix not in KINDS:
        kinds = ", ".join(kind.removeprefix(".").upper() for kind in KINDS)
        raise FileRefused(_("Choose a file of one of these kinds: %(kinds)s.") % {"kinds": kinds})
    if not upload.size or upload.size > MAX_BYTES:
        raise FileRefused(_("The file is empty or larger than %(most)d MB.") % {"most": MAX_BYTES // 1_000_000})
    content_type, beginning = KINDS[suffix]
    upload.seek(0)
    if not beginning.match(upload.read(32)):
        kind = {"kind": suffix.removeprefix(".").upper()}
        raise FileRefused(_("The content of this file is not %(kind)s, although its name says so.") % kind)
    upload.seek(0)
    return name.removesuffix(PurePath(name).suffix)[: FILE_NAME_LENGTH - len(suffix)] + suffix, content_type
