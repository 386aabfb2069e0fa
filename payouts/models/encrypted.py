"""A text column that is encrypted at rest."""

import logging
from typing import Any

from django.db import models
from django.db.models.lookups import Exact

from payouts.encryption import PREFIX, SEPARATOR, Undecryptable, decrypt_text, encrypt_text, fingerprints_of

UNREADABLE = "\N{REPLACEMENT CHARACTER}"
"""What an undecryptable value is read as, so that pages open and say so. It is never written."""
logger = logging.getLogger(__name__)


def read_text(stored: str, *, column: str) -> str:
    """Return the text of a stored value, or UNREADABLE, with a line in the log, if no key decrypts it."""
    try:
        return decrypt_text(stored)
    except Undecryptable as error:
        logger.error("Payout data can't be decrypted", extra={"column": column, "error": str(error)})
        return UNREADABLE


class EncryptedTextField(models.TextField[str, str]):
    """Text that is decrypted when it is read. It can be searched for equality, by fingerprint, and for nothing else."""

    def from_db_value(self, value: str | None, _expression: object, _connection: object) -> str | None:
        return None if value is None else read_text(value, column=str(self))

    def get_prep_value(self, value: Any) -> Any:
        """Return the encrypted text. Raises ValueError for a value that could not be read."""
        prepared = super().get_prep_value(value)
        if prepared == UNREADABLE:
            raise ValueError(f"{self} could not be decrypted, so it is not written.")
        return encrypt_text(prepared) if isinstance(prepared, str) else prepared


@EncryptedTextField.register_lookup
class EqualFingerprint(Exact[str]):
    """Compares fingerprints under every key: the same text is encrypted differently each time."""

    def get_prep_lookup(self) -> Any:
        return self.rhs

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        column, parameters = self.process_lhs(compiler, connection)
        text = str(self.rhs)
        if not text:
            return f"{column} = ''", tuple(parameters)
        fingerprints = [f"{PREFIX}{SEPARATOR}{fingerprint}" for fingerprint in fingerprints_of(text)]
        return f"left({column}, {len(fingerprints[0])}) = ANY(%s)", (*parameters, fingerprints)
