"""Web addresses: whether one may be requested, as far as its text tells. Nothing is looked up or connected to.

A public name can still lead to a private network, so `client.py` checks what is dialled.
Source: https://url.spec.whatwg.org/#host-parsing, for numbers that browsers read as IPv4 addresses.
"""

import re
from enum import Enum, auto
from functools import lru_cache
from ipaddress import ip_address
from urllib.parse import SplitResult, quote, urlsplit

MAX_ADDRESS_CHARS = 2_000
PLAIN = re.compile(r"https://(?P<host>(?:[a-z0-9-]{1,63}\.)+[a-z]{2,63})/[A-Za-z0-9._~/-]*(?:\?[A-Za-z0-9._~&=-]*)?")
PORTS = (None, 80, 443, 8080, 8443)
PRIVATE_NAMES = ("localhost", "local", "internal", "intranet", "lan", "home", "corp", "private", "home.arpa")
PRIVATE_ENDINGS = tuple(f".{name}" for name in PRIVATE_NAMES)
SAFE = "%!$&'()*+,;=:@/?-._~"


class AddressFault(Enum):
    """Why an address is not requested."""

    NOT_AN_ADDRESS = auto()
    """It is no full http or https address."""
    HAS_PASSWORD = auto()
    """It contains a name or password."""
    NOT_PUBLIC = auto()


@lru_cache(maxsize=1_000)
def check_address(text: str) -> tuple[str, AddressFault | None]:
    """Return the address as it is requested, or "" and why it is not."""
    text = text.strip()
    plain = PLAIN.fullmatch(text)
    if plain and len(text) <= MAX_ADDRESS_CHARS and not _is_private_name(plain["host"]):
        return text, None
    parts = _split(f"https:{text}" if text.startswith("//") else text)
    if parts is None:
        return "", AddressFault.NOT_AN_ADDRESS
    if "@" in parts.netloc:
        return "", AddressFault.HAS_PASSWORD
    host = _public_host(parts.hostname or "")
    if not host or parts.port not in PORTS:
        return "", AddressFault.NOT_PUBLIC
    port = f":{parts.port}" if parts.port else ""
    query = f"?{quote(parts.query, safe=SAFE)}" if parts.query else ""
    return f"{parts.scheme}://{host}{port}{quote(parts.path or '/', safe=SAFE)}{query}", None


def _split(text: str) -> SplitResult | None:
    """Return the parts of a full http or https address, None if it is none."""
    if len(text) > MAX_ADDRESS_CHARS or "\\" in text or not re.match(r"https?://[^/\s]", text, re.IGNORECASE):
        return None
    try:
        parts = urlsplit(text)
        return parts if parts.hostname and parts.port != 0 else None
    except ValueError:
        return None


def _public_host(host: str) -> str:
    """Return the host in ASCII, or "" if it is private, local or no host."""
    host = host.rstrip(".")
    if ":" in host or _ends_in_number(host):
        try:
            address = ip_address(host)
        except ValueError:
            return ""  # 127.1, 0x7f000001 and other ways to write an address
        mapped = getattr(address, "ipv4_mapped", None) or getattr(address, "sixtofour", None) or address
        is_public = address.is_global and mapped.is_global and not address.is_multicast and not _is_translated(host)
        return (f"[{host}]" if ":" in host else host) if is_public else ""
    try:
        name = host.encode("idna").decode("ascii").casefold()
    except UnicodeError:
        return ""
    is_name = re.fullmatch(r"(?:[a-z0-9_-]{1,63}\.)+[a-z0-9-]{2,63}", name) and not _ends_in_number(name)
    return name if is_name and not _is_private_name(name) else ""


def _is_translated(host: str) -> bool:
    """Return whether an IPv6 address stands for an IPv4 one by NAT64 or Teredo."""
    return host.casefold().startswith(("64:ff9b:", "2001:0:", "2001::"))


def _ends_in_number(host: str) -> bool:
    return bool(re.fullmatch(r"\d+|0x[0-9a-f]*", host.rpartition(".")[2].casefold()))


def _is_private_name(name: str) -> bool:
    return name in PRIVATE_NAMES or name.endswith(PRIVATE_ENDINGS)
