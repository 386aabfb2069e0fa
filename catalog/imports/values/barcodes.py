"""Barcodes (GTIN): 8, 12, 13 or 14 digits with a check digit. One that can't be right is left out; it never stops a sale.

Source: GS1 General Specifications, section 7.9, for the check digit.
"""

import re

from stdnum import ean, isbn

from catalog.imports.remarks import NoteKind, Remark
from catalog.imports.values.text import ascii_digits

BLANKS = {"", "n/a", "na", "none", "null", "nil", "nan", "-", "--", "does not apply", "not applicable", "no barcode"}
DIGITS_LOST = re.compile(r"\d([.,]\d+)?e\+?\d+")
"""9.52E+12, as spreadsheets show long numbers."""
WHOLE = re.compile(r"\d+[.,]0+")
LENGTHS = (8, 12, 13, 14)
LENGTHS_WITHOUT_ZERO = (7, 11)


def read_barcode(text: str) -> tuple[str, Remark | None]:
    """Return the barcode, "" if there is none, and a note if it was left out or changed."""
    plain = ascii_digits(text).strip().lstrip("'’‘`").strip()
    if plain.casefold() in BLANKS:
        return "", None
    shown = text.strip()[:40]
    if DIGITS_LOST.fullmatch(plain.casefold()):
        return "", Remark(NoteKind.BARCODE_DIGITS_LOST, {"text": shown})
    if WHOLE.fullmatch(plain):
        plain = re.split("[.,]", plain)[0]
    digits = re.sub(r"[\s\-‐-―]", "", plain)
    if not digits.strip("0"):
        return "", Remark(NoteKind.BARCODE_INVALID, {"text": shown})
    if len(digits) in LENGTHS and digits.isdecimal() and ean.is_valid(digits):
        return digits, None
    if len(digits) in LENGTHS_WITHOUT_ZERO and digits.isdecimal() and ean.is_valid(f"0{digits}"):
        return f"0{digits}", Remark(NoteKind.BARCODE_ZERO, {"barcode": f"0{digits}"})
    if len(digits) == 10 and isbn.is_valid(digits):
        barcode = isbn.to_isbn13(digits)
        return barcode, Remark(NoteKind.BARCODE_ISBN, {"text": shown, "barcode": barcode})
    return "", Remark(NoteKind.BARCODE_INVALID, {"text": shown})
