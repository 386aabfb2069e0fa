"""Encryption of bank details and tax IDs at rest.

The first key encrypts, and every key decrypts: those in PAYOUT_DATA_KEYS, then SECRET_KEY and its fallbacks. After a key
was added in front, `manage.py reencrypt_payout_data` writes all values again, and then the old key can go.

Source: https://cryptography.io/en/latest/fernet/, https://datatracker.ietf.org/doc/html/rfc5869
"""

import base64
import hmac
from dataclasses import dataclass
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

PREFIX = "v1"
SEPARATOR = "$"


class Undecryptable(Exception):
    """A stored value that none of the keys decrypts."""


@dataclass(frozen=True)
class Keys:
    cipher: MultiFernet
    fingerprint_keys: tuple[bytes, ...]


def encrypt_text(text: str) -> str:
    """Return the text encrypted, with its fingerprint in front: `v1$<fingerprint>$<token>`. Empty text stays empty."""
    if not text:
        return ""
    token = _keys().cipher.encrypt(text.encode()).decode()
    return SEPARATOR.join((PREFIX, fingerprints_of(text)[0], token))


def decrypt_text(stored: str) -> str:
    """Return the text of a stored value. Text that was never encrypted is returned unchanged. Raises Undecryptable."""
    if not stored.startswith(PREFIX + SEPARATOR):
        return stored
    token = stored.rpartition(SEPARATOR)[2]
    try:
        return _keys().cipher.decrypt(token).decode()
    except InvalidToken as error:
        raise Undecryptable(
            "No key decrypts it. Put the key that was used before into PAYOUT_DATA_KEYS or SECRET_KEY_FALLBACKS."
        ) from error


def fingerprints_of(text: str) -> list[str]:
    """Return a keyed hash of the text for each key, that of the first key first. Spaces, punctuation and case are ignored.

    Equal accounts have equal fingerprints, but without a key nobody can find the account of a fingerprint by trying.
    """
    plain = normalize(text).encode()
    return [hmac.digest(key, plain, "sha256").hex() for key in _keys().fingerprint_keys]


def normalize(text: str) -> str:
    """Return letters and digits only, in capitals: how numbers are compared."""
    return "".join(letter for letter in text.upper() if letter.isalnum())


def _keys() -> Keys:
    return _derive((*settings.PAYOUT_DATA_KEYS, settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS))


@lru_cache(maxsize=8)
def _derive(secrets: tuple[str, ...]) -> Keys:
    ciphers = [Fernet(base64.urlsafe_b64encode(_derive_key(secret, b"payout data"))) for secret in secrets]
    return Keys(MultiFernet(ciphers), tuple(_derive_key(secret, b"payout fingerprints") for secret in secrets))


def _derive_key(secret: str, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"feedsite " + purpose).derive(secret.encode())
