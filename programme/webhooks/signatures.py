"""Signatures of webhooks.

Source: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

import base64
import hmac
from collections.abc import Sequence

PREFIX = "whsec_"


def sign(*, message_id: str, timestamp: int, body: bytes, secrets: Sequence[str]) -> str:
    """Return the header `webhook-signature`: a signature for each secret, in their order."""
    signed = f"{message_id}.{timestamp}.".encode() + body
    keys = [base64.b64decode(secret.removeprefix(PREFIX)) for secret in secrets]
    return " ".join(f"v1,{base64.b64encode(hmac.digest(key, signed, 'sha256')).decode()}" for key in keys)
