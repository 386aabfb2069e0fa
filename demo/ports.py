"""A check that the web port is free, made before any process starts."""

import errno
import socket


class PortUnavailable(Exception):
    """The web process cannot listen on the port. The message says why and what to do."""


def check_port(host: str, port: int) -> None:
    """Check that no process listens on the port, on this host or on all addresses. Raises PortUnavailable."""
    for family, address in ((socket.AF_INET, host), (socket.AF_INET, "0.0.0.0"), (socket.AF_INET6, "::")):  # noqa: S104  # bound for a moment, never listened on
        if ":" in address and family == socket.AF_INET:
            continue
        try:
            _bind(family, address, port)
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise PortUnavailable(
                    f"Port {port} is in use by another process. Choose another one: WEB_PORT={port + 1} make demo"
                ) from error
            if error.errno == errno.EACCES:
                raise PortUnavailable(
                    f"Port {port} needs root. Choose one from 1024: WEB_PORT=8000 make demo"
                ) from error
            if address == host:
                raise PortUnavailable(f"WEB_HOST={host} is not an address of this machine: {error}") from error
            # Any other error means that this machine has no IPv6.


def _bind(family: socket.AddressFamily, address: str, port: int) -> None:
    with socket.socket(family) as probe:
        # Ignore closed connections of a demo that has just stopped. Other listeners are still found.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            probe.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        probe.bind((address, port))
