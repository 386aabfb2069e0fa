"""Which IP addresses are on the public internet. `ipaddress.is_global` is not enough: it depends on the version of Python.

Source: the registries of special-purpose addresses, https://www.iana.org/assignments/iana-ipv4-special-registry and
https://www.iana.org/assignments/iana-ipv6-special-registry, and of multicast and reserved addresses.
"""

from ipaddress import IPv4Network, IPv6Network, ip_address

SPECIAL_V4 = tuple(
    IPv4Network(network)
    for network in (
        *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12"),
        *("192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16"),
        *("192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4"),
    )
)
UNICAST_V6 = IPv6Network("2000::/3")
"""All that was ever given out. IPv4 inside IPv6 (mapped, compatible, NAT64), local and multicast ones are elsewhere."""
SPECIAL_V6 = tuple(
    IPv6Network(network)
    for network in (
        "2001::/23",
        "2001:db8::/32",
        "2002::/16",
        "2620:4f:8000::/48",
        "3fff::/20",
    )  # Teredo is in the first
)


def is_public(text: str) -> bool:
    """Return whether an IP address, as the resolver writes it, is on the public internet."""
    try:
        address = ip_address(text)
    except ValueError:
        return False
    if address.version == 4:
        return not any(address in network for network in SPECIAL_V4)
    return address in UNICAST_V6 and not any(address in network for network in SPECIAL_V6)
