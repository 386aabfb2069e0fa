"""The network from which a request comes, as limits count it, and as a keyed hash that rows may keep for a while."""

from hashlib import blake2b
from ipaddress import IPv6Address, IPv6Network, ip_address

from django.conf import settings
from django.http import HttpRequest

IPV6_PREFIX = 64
"""One household or server owns a whole network of this size. allauth counts by the same prefix by default."""
HASH_BYTES = 8


def name_network(address: str) -> str:
    """Return an IPv4 address, or the IPv6 network of an address, as text. Return "" if the text is no address."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return ""
    if isinstance(parsed, IPv6Address) and not parsed.ipv4_mapped:
        return str(IPv6Network((parsed, IPV6_PREFIX), strict=False))
    return str(getattr(parsed, "ipv4_mapped", None) or parsed)


def hash_network(request: HttpRequest) -> str:
    """Return 16 characters that stand for the network of a request, or "" if its address is unknown.

    Nobody without SECRET_KEY can tell the address from it.
    """
    network = name_network(request.META.get("REMOTE_ADDR", ""))
    if not network:
        return ""
    key = settings.SECRET_KEY.encode()[:64]
    return blake2b(network.encode(), key=key, digest_size=HASH_BYTES, person=b"network").hexdigest()
