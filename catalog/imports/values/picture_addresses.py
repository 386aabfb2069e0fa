"""Addresses of pictures, as catalogue files write them."""

import re

from catalog.imports.remarks import NoteKind, Remark
from catalog.public_web.addresses import AddressFault, check_address

PARTING = re.compile(r"(?:\s*[,;|]\s*|\s+)(?=https?://|//)", re.IGNORECASE)
"""A comma or space parts two addresses only where the second begins. Others stand inside addresses."""
NOTES = {AddressFault.HAS_PASSWORD: NoteKind.PICTURE_PASSWORD, AddressFault.NOT_PUBLIC: NoteKind.PICTURE_NOT_PUBLIC}


def split_addresses(text: str) -> list[str]:
    """Return the addresses of a cell that may hold several, parted by commas or spaces."""
    return [part for part in PARTING.split(text.strip()) if part]


def check_picture_address(text: str) -> tuple[str, Remark | None]:
    """Return the address to fetch a picture from, or "" and a note that says why it is left out."""
    text = text.strip()
    if text[:5].casefold() == "data:":
        return "", Remark(NoteKind.PICTURE_INSIDE)
    address, fault = check_address(text)
    if fault is None:
        return address, None
    if fault in NOTES:
        return "", Remark(NOTES[fault])
    return "", Remark(NoteKind.PICTURE_NOT_ADDRESS, {"text": text[:60]})
